// The second factor as a phone makes it (RFC 6238), apart from the bank's own code.
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const step = 30;
const typing = 15; // seconds that a slow machine may take from the phone to the bank's check
const secrets = { alice: 'NBQWYZTQMVXG46JAMFWGSY3FEBXW4ZJB', bob: 'NBQWYZTQMVXG46JAMJXWEIDUO5XSAIJB' };

/** A customer's phone. Each code is good once, so each call gives a new one. */
export class Phone {
  #secret;
  #last = 0;

  constructor(user) {
    this.#secret = decode(secrets[user]);
  }

  /**
   * The oldest code that the bank will still take when it has been typed: a clock may be one step early or late, and
   * the step before the present one ends with the present one.
   */
  async code() {
    const steps = () => Date.now() / 1000 / step;
    const counter = Math.max(this.#last + 1, Math.floor(steps() + typing / step) - 1);
    while (counter > Math.floor(steps()) + 1) await wait(250);
    this.#last = counter;
    return totp(this.#secret, counter);
  }
}

export function totp(secret, counter) {
  const message = Buffer.alloc(8);
  message.writeBigInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 0x0f) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Base32 (RFC 4648, section 6). */
function decode(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
