import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Milliseconds after which proofs get another nonce. The one before counts on, so that one lives for twice as long. */
const period = 3 * 60_000;

/**
 * Nonces for proofs (RFC 9449, section 9), which need no memory: each is a MAC of its time. Processes that share a key
 * take each other's.
 */
export class Nonces {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array = randomBytes(32)) {
    this.#key = key;
  }

  /** The one that a proof made now must carry. */
  at(now: number): string {
    return this.#of(Math.floor(now / period));
  }

  /** Whether the nonce is of this moment, or of the period before. */
  isGood(nonce: string, now: number): boolean {
    const present = Math.floor(now / period);
    return isEqual(nonce, this.#of(present)) || isEqual(nonce, this.#of(present - 1));
  }

  #of(count: number): string {
    return createHmac('sha256', this.#key).update(`symbolon dpop nonce ${count}`).digest('base64url');
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
