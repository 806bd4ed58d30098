import { type Progress, Refusal, post } from '../api.js';
import type { Bank } from '../bank.js';
import { brand } from '../brand.js';
import { Message, button, field, form, h } from '../dom.js';
import { words } from '../words.js';
import { showCode } from './code.js';

/** The first step: name and password, then whatever this browser can show for itself. */
export function showPassword(bank: Bank, why?: string): HTMLElement {
  const user = h('input', { name: 'user', autocomplete: 'username', required: true, spellcheck: false, autocapitalize: 'none' });
  const password = h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const message = new Message();
  if (why !== undefined) message.show(why);

  const submit = async () => {
    message.clear();
    try {
      await post<Progress>('sign-in/password', { user: user.value.trim(), password: password.value });
      await showDevice(bank, user.value.trim());
    } catch (error) {
      message.show(words.refusals[(error as Refusal).code] ?? (words.refusals['unreachable'] as string));
    }
  };
  const fill = (login: (typeof words.signIn.logins)[number]) =>
    button(words.signIn.fill(login.name), () => {
      [user.value, password.value] = [login.user, login.password];
    }, 'quiet');

  return h(
    'div',
    { class: 'door' },
    brand(),
    h('h1', {}, words.signIn.title),
    message.element,
    form(
      submit,
      'card',
      field(words.signIn.user, user),
      field(words.signIn.password, password),
      h('button', { class: 'main' }, words.signIn.submit),
    ),
    h('p', { class: 'demo-logins' }, h('span', {}, words.signIn.demo), ...words.signIn.logins.map(fill)),
  );
}

/** The second step takes no click: a trusted browser is let in, any other is asked for a code. */
async function showDevice(bank: Bank, user: string): Promise<void> {
  const evidence = await bank.browser.evidence(user, 'login');
  const progress = await post<Progress>('sign-in/device', evidence);
  if (progress.next === 'accounts') {
    await bank.open(progress);
  } else {
    bank.place(showCode(bank, user));
  }
}
