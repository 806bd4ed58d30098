import { decideSurely, isHeld } from './decide.js';
import { SymbolonError } from './errors.js';
import { locked } from './guard.js';
import { type DeviceKey, isSame } from './key.js';
import type { Held, Keyring, NextKey } from './keyring.js';
import { signRotation } from './proof.js';
import { retrying } from './retry.js';
import type { Challenge, Service } from './service.js';

/** Milliseconds that a challenge lives (protocol, section 2): so its end tells the service's time. */
const challengeLife = 5 * 60_000;
/** Milliseconds after a refusal before a rotation begins by itself again. */
const refusalPause = 24 * 60 * 60_000;

type Outcome = 'replaced' | 'kept' | 'unknown';

/**
 * Replaces the key by a new one (protocol, section 8), so that a crash anywhere on the way costs neither.
 * The next key is on disk before the service hears of it, and the present one until the service is known to hold the
 * next. Where that is not known, both are tried. There is one next key at a time, also between tabs: whoever rotates,
 * rotates to it.
 */
export class Rotation {
  readonly #app: string;
  readonly #lock: string;
  readonly #service: Service;
  readonly #keyring: Keyring;

  constructor(app: string, name: string, service: Service, keyring: Keyring) {
    this.#app = app;
    this.#lock = `${name} rotate`;
    this.#service = service;
    this.#keyring = keyring;
  }

  /** Replaces the key now. Where another tab does at the same time, the key is replaced once. */
  async rotate(): Promise<void> {
    const before = await this.#keyring.load();
    if (before === undefined || before.owners.length === 0) {
      throw new SymbolonError('no_key', 'there is no key to rotate: nobody registered this browser');
    }
    await retrying(() =>
      this.#alone(async () => {
        const held = await this.#keyring.load();
        const refusal = held && isSame(held.key, before.key) && (await this.#replace(held));
        if (refusal) {
          throw refusal;
        }
      }),
    );
  }

  /** The key to sign with. A rotation that was left open is settled first, and one that is due by now is made. */
  async ready(held: Held, { expiresAt }: Challenge): Promise<DeviceKey> {
    const now = Date.parse(expiresAt) - challengeLife;
    if (!isOpen(held) && !isDue(held, now)) {
      return held.key;
    }
    await this.#alone(() => this.#catchUp(now));
    return (await this.#keyring.load())?.key ?? held.key;
  }

  async #catchUp(now: number): Promise<void> {
    let held = await this.#keyring.load();
    if (held && isOpen(held)) {
      await this.#settle(held, held.next, now);
      held = await this.#keyring.load();
    }
    if (held && isDue(held, now) && (await this.#replace(held))) {
      // The key counts as long as the service takes it: a sign-in goes on with it.
      await this.#keyring.postpone(new Date(now + refusalPause).toISOString());
    }
  }

  /** Gives why the key was not replaced; rejects where that is not known. */
  async #replace({ key, owners: [owner] }: Held): Promise<SymbolonError | undefined> {
    const next = await this.#keyring.prepare(key);
    if (next === undefined || owner === undefined) {
      return undefined;
    }
    try {
      const { challenge, expiresAt } = await this.#service.challenge('rotate');
      await this.#keyring.open(next, expiresAt);
      const claims = { aud: this.#app, challenge, purpose: 'rotate', sub: owner.user } as const;
      const proofs = await signRotation(key, next, claims);
      const { rotateAfter } = await this.#service.rotate(owner.deviceId, proofs);
      await this.#keyring.promote(next, rotateAfter);
      return undefined;
    } catch (error) {
      return this.#afterFailure(key, error as SymbolonError);
    }
  }

  async #afterFailure(key: DeviceKey, error: SymbolonError): Promise<SymbolonError | undefined> {
    const held = await this.#keyring.load();
    const outcome = held && isOpen(held) ? await this.#settle(held, held.next) : 'kept';
    // Also where another tab was faster and has put the next key in its place.
    if (outcome === 'replaced' || !isSame(key, held?.key)) {
      return undefined;
    }
    // Who can't sign with the device's key gets this one answer, whatever the reason.
    if (outcome === 'unknown' && error.code === 'proof_invalid') {
      return new SymbolonError('device_unknown', 'the service does not know this device any more');
    }
    return error;
  }

  /** Finds out which of the two keys the service holds. */
  async #settle({ key, owners }: Held, next: NextKey, now = 0): Promise<Outcome> {
    for (const { user } of owners) {
      const decision = await this.#ask({ ...next, keyId: key.keyId }, user);
      if (isHeld(decision)) {
        await this.#keyring.promote(next, decision.rotateAfter);
        return 'replaced';
      }
      if (isHeld(await this.#ask(key, user))) {
        // Until its challenge expires, a request that is lost on the way may still arrive.
        if (now > Date.parse(next.openUntil ?? '')) {
          await this.#keyring.close(next);
        }
        return 'kept';
      }
    }
    return 'unknown';
  }

  async #ask(key: DeviceKey, user: string) {
    const question = { user, action: 'rotate', token: false };
    return decideSurely(this.#app, this.#service, key, question, await this.#service.challenge('prove'));
  }

  /** Spares tabs the same work. All of it holds without locks, too. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await locked(this.#lock, work);
    } catch (error) {
      // A tab that hangs keeps its lock.
      if ((error as Error).name === 'TimeoutError') {
        return work();
      }
      throw error;
    }
  }
}

function isOpen(held: Held): held is Held & { next: NextKey } {
  return held.next?.openUntil !== undefined;
}

function isDue(held: Held, now: number): boolean {
  const { owners, rotateAfter, postponedUntil } = held;
  const isOver = (at: string) => Date.parse(at) <= now;
  return (
    owners.length > 0 &&
    !isOpen(held) &&
    rotateAfter !== undefined &&
    isOver(rotateAfter) &&
    (postponedUntil === undefined || isOver(postponedUntil))
  );
}
