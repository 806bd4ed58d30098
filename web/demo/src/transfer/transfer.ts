import type { Statement } from '../api.js';
import type { Bank } from '../bank.js';
import { Message, button, field, form, h } from '../dom.js';
import { euros, words } from '../words.js';
import { type Order, cents, orderText } from './order.js';

/** Paying: a form, the lines to be signed, and what came of it. */
export async function showTransfer(bank: Bank): Promise<HTMLElement> {
  const { payees } = await bank.act<Statement>('accounts', 'view');
  const screen = h('div', { class: 'screen narrow' });
  const fill = (order?: Order) => screen.replaceChildren(...orderForm(payees, order, review));
  const review = (order: Order) => screen.replaceChildren(...confirmation(bank, order, () => fill(order)));
  fill();
  return screen;
}

function orderForm(payees: Statement['payees'], before: Order | undefined, review: (order: Order) => void): HTMLElement[] {
  const options = payees.map(({ id, name, iban }) => h('option', { value: id }, `${name} · ${iban}`));
  const payee = h('select', { name: 'payee' }, ...options);
  const amount = h('input', { name: 'amount', inputMode: 'decimal', autocomplete: 'off', required: true });
  const reference = h('input', { name: 'reference', maxLength: 70, autocomplete: 'off' });
  const message = new Message();
  if (before) {
    payee.value = before.payee.id;
    amount.value = (before.amount / 100).toFixed(2);
    reference.value = before.reference;
  }
  const submit = async () => {
    const value = cents(amount.value);
    const chosen = payees.find(({ id }) => id === payee.value);
    if (value === undefined || chosen === undefined) {
      message.show(words.transfer.amountWrong);
      amount.focus();
      return;
    }
    review({ payee: chosen, amount: value, reference: reference.value.trim() });
  };
  return [
    h('h1', {}, words.transfer.title),
    message.element,
    form(
      submit,
      'card',
      field(words.transfer.payee, payee),
      field(words.transfer.amount, amount, words.transfer.amountHint),
      field(words.transfer.reference, reference),
      h('button', { class: 'main' }, words.transfer.review),
    ),
  ];
}

function confirmation(bank: Bank, order: Order, back: () => void): HTMLElement[] {
  const text = orderText(order);
  const tamper = h('input', { type: 'checkbox', name: 'tamper' });
  const message = new Message();
  const pay = async () => {
    // What malware on the way would do: the browser signs what is shown, and something else arrives.
    const amount = tamper.checked ? order.amount * 10 : order.amount;
    const body = { payee: order.payee.id, amount, reference: order.reference };
    try {
      await bank.act<Statement>('transfers', 'transfer', body, text);
      await bank.show('accounts');
      bank.say(words.transfer.done(euros(order.amount), order.payee.name), 'good');
    } catch (error) {
      message.show(bank.leave(error));
    }
  };
  return [
    h('h1', {}, words.transfer.confirmTitle),
    h('p', { class: 'lead' }, words.transfer.confirmLead),
    message.element,
    form(
      pay,
      'card',
      h('pre', { class: 'slip' }, text),
      h('label', { class: 'tick' }, tamper, words.transfer.tamper),
      h('div', { class: 'row' }, h('button', { class: 'main' }, words.transfer.sign), button(words.transfer.back, back)),
    ),
  ];
}
