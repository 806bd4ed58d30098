/** What the bank is asked to make of this page's requests, so that Symbolon has something odd to see. */
export interface Pretence {
  /** One of the demo's places; absent at home. */
  place?: string;
  /** Another operating system than the browser's own. */
  system?: true;
}

const key = 'pretend';

let present = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Pretence;
const listeners = new Set<() => void>();

export function pretence(): Pretence {
  return present;
}

/** From now on; the next request is the first that is so. */
export function pretend(next: Pretence): void {
  present = next;
  sessionStorage.setItem(key, JSON.stringify(next));
  listeners.forEach((listener) => listener());
}

export function onPretence(listener: () => void): void {
  listeners.add(listener);
}
