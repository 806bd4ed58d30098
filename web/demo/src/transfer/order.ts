import type { Payee } from '../api.js';

/** A payment as the customer means it. Amounts are in cents. */
export interface Order {
  payee: Payee;
  amount: number;
  reference: string;
}

const most = 100_000_000;

/** Cents of "12.5", "1,250.00" or "7"; undefined for what is no amount that the bank takes. */
export function cents(text: string): number | undefined {
  const parts = /^(\d{1,3}(?:,?\d{3})*)(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const amount = Number((parts[1] as string).replaceAll(',', '')) * 100 + Number((parts[2] ?? '').padEnd(2, '0'));
  return amount >= 1 && amount <= most ? amount : undefined;
}

/** The lines that are shown and signed. The bank's server writes the same from what it will do, and compares. */
export function orderText({ payee, amount, reference }: Order): string {
  return [
    `Pay ${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')} EUR`,
    `To ${payee.name}`,
    `IBAN ${payee.iban}`,
    `Reference ${reference}`,
  ].join('\n');
}
