import type { Statement } from '../api.js';
import type { Bank } from '../bank.js';
import { button, h } from '../dom.js';
import { euros, when, words } from '../words.js';

/** The accounts, and what was booked. */
export async function showAccounts(bank: Bank): Promise<HTMLElement> {
  const { accounts, bookings } = await bank.act<Statement>('accounts', 'view');
  return h(
    'div',
    { class: 'screen' },
    h(
      'div',
      { class: 'row between' },
      h('h1', {}, words.accounts.title(bank.name)),
      button(words.accounts.refresh, () => void bank.show('accounts'), 'quiet'),
    ),
    h('ul', { class: 'accounts' }, ...accounts.map(accountCard)),
    h('h2', {}, words.accounts.bookings),
    h('ul', { class: 'bookings' }, ...bookings.map(bookingRow)),
  );
}

function accountCard({ name, iban, balance }: Statement['accounts'][number]): HTMLElement {
  return h(
    'li',
    { class: 'card account' },
    h('span', { class: 'account-name' }, name),
    h('strong', {}, euros(balance)),
    h('span', { class: 'iban' }, iban),
  );
}

function bookingRow({ at, text, amount }: Statement['bookings'][number]): HTMLElement {
  return h(
    'li',
    {},
    h('span', {}, text),
    h('time', { dateTime: at }, when(at)),
    h('strong', { class: amount > 0 ? 'in' : '' }, `${amount > 0 ? '+' : ''}${euros(amount)}`),
  );
}
