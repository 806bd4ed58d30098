import { button, h } from './dom.js';

interface Question {
  title: string;
  why: string;
  yes: string;
  no: string;
  dangerous: boolean;
}

/** Asks over the page. Resolves to whether it was answered with yes. */
export function confirmed(root: ParentNode & Node, { title, why, yes, no, dangerous }: Question): Promise<boolean> {
  return new Promise((answer) => {
    const close = (value: string) => () => dialog.close(value);
    const dialog = h(
      'dialog', { part: 'dialog', 'aria-labelledby': 'asked' },
      h('h3', { id: 'asked' }, title),
      h('p', {}, why),
      h('div', { class: 'actions' }, button('no', no, close('')), button('yes', yes, close('yes'), { class: dangerous ? 'first danger' : 'first' })),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    });
    root.append(dialog);
    dialog.showModal();
  });
}
