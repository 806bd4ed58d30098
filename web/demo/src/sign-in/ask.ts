import { Message, button, field, form, h } from '../dom.js';
import { words } from '../words.js';
import { codeInput } from './code.js';
import { Phone } from './phone.js';

/** Asks for a code in a dialog over the page; undefined where the customer gives up. */
export function askForCode(why?: string): Promise<string | undefined> {
  const code = codeInput();
  const phone = new Phone(code);
  const message = new Message();
  message.show(why ?? words.code.ask, 'plain');
  return new Promise((resolve) => {
    const dialog = h('dialog', { attrs: { 'aria-labelledby': 'ask-title' } });
    const close = (given: string | undefined) => {
      phone.stop();
      dialog.remove();
      resolve(given);
    };
    dialog.addEventListener('cancel', () => close(undefined));
    dialog.append(
      h('h2', { id: 'ask-title' }, words.code.title),
      message.element,
      form(
        async () => close(code.value),
        'ask-code',
        field(words.code.label, code),
        h('div', { class: 'row' }, h('button', { class: 'main' }, words.code.submit), button(words.code.cancel, () => close(undefined))),
      ),
      phone.element,
    );
    document.body.append(dialog);
    dialog.showModal();
    code.focus();
  });
}
