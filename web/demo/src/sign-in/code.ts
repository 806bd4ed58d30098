import { type Progress, Refusal, post } from '../api.js';
import type { Bank } from '../bank.js';
import { brand } from '../brand.js';
import { Message, field, form, h } from '../dom.js';
import { words } from '../words.js';
import { Phone } from './phone.js';

/** The field that a code is typed into, here and wherever the bank asks for one. */
export function codeInput(): HTMLInputElement {
  return h('input', {
    name: 'code',
    class: 'code',
    inputMode: 'numeric',
    autocomplete: 'one-time-code',
    pattern: '[0-9]{6}',
    maxLength: 6,
    required: true,
  });
}

/** The last step: the code, and whether this browser shall be spared it from now on. */
export function showCode(bank: Bank, user: string): HTMLElement {
  const code = codeInput();
  const trust = h('input', { type: 'checkbox', name: 'trust', id: 'trust' });
  const choices = words.code.durations.map(([value, text]) => h('option', { value }, text));
  const duration = h('select', { name: 'duration', attrs: { 'aria-label': words.code.trust } }, ...choices);
  const message = new Message();
  const phone = new Phone(code);

  const submit = async () => {
    message.clear();
    try {
      const evidence = await bank.browser.evidence(user, 'login');
      const chosen = trust.checked ? { trust: duration.value } : {};
      const progress = await post<Progress>('sign-in/code', { code: code.value, ...chosen, ...evidence });
      phone.stop();
      await enter(bank, progress);
    } catch (error) {
      const refused = (error as Refusal).code;
      if (refused === 'device_blocked' || refused === 'signed_out' || refused === 'proof_refused') bank.leave(error);
      else message.show(words.refusals[refused] ?? (words.refusals['unreachable'] as string));
      phone.refresh();
    }
  };

  return h(
    'div',
    { class: 'door' },
    brand(),
    h('h1', {}, words.code.title),
    h('p', { class: 'lead' }, words.code.lead),
    message.element,
    h(
      'div',
      { class: 'code-step' },
      form(
        submit,
        'card',
        field(words.code.label, code),
        h('p', { class: 'trust' }, trust, h('label', { htmlFor: 'trust' }, words.code.trust), duration),
        h('small', {}, words.code.trustHint),
        h('button', { class: 'main' }, words.code.submit),
      ),
      phone.element,
    ),
  );
}

/** Signed in. An unknown browser came with a ticket, with which it becomes a device of the user's. */
async function enter(bank: Bank, progress: Progress): Promise<void> {
  if (progress.ticket === undefined) {
    await bank.open(progress);
    return;
  }
  const registered = await bank.browser.register(progress.ticket);
  await bank.open(progress);
  if ('refused' in registered) {
    bank.say(words.refusals[registered.refused] ?? words.accounts.notRegistered);
  } else {
    bank.say(words.accounts.registered(registered.deviceName), 'good');
  }
}
