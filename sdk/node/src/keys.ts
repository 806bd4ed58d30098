import { createPublicKey } from 'node:crypto';
import { type JSONWebKeySet, type JWK, type JWTVerifyGetKey, type LocalJWKSet, createLocalJWKSet, errors } from 'jose';
import { Fault, answerOf } from './fault.js';

/** Milliseconds after which the keys are looked up again, so that one that was withdrawn is forgotten. */
const life = 5 * 60_000;
/** Milliseconds after which they serve no more before that was tried: a process may have been idle for days. */
const staleAfter = 2 * life;
/** Milliseconds for which they serve while the service is down. */
const outageLife = 24 * 60 * 60_000;
/** Milliseconds between two look-ups, whatever tokens ask for. */
const pause = 5_000;
/** Milliseconds that one look-up may take. */
const limit = 5_000;

interface Options {
  url: string;
  send: typeof fetch;
  clock: () => number;
}

/**
 * The service's public keys (RFC 7517). They are kept for a day while the service is down, and looked up again for a
 * key that is not among them. jose's own remote set would drop them when their time is over, and ask on every unknown
 * key in an outage.
 */
export class Keys {
  readonly #options: Options;
  #set: LocalJWKSet | undefined;
  #lookedUpAt = -Infinity;
  #triedAt = -Infinity;
  #trouble: Fault | undefined;
  #pending: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The key that a token names. Rejects with a Fault where it can't be known, and jose's error where there is none. */
  readonly find: JWTVerifyGetKey = async (...asked) => {
    const now = this.#options.clock();
    await this.#renew(now);
    let key = await this.#present(...asked);
    if (key === undefined) {
      await this.#refresh(now);
      key = await this.#present(...asked);
    }
    if (key === undefined) {
      // A key that is new, or one that never was: nobody can tell as long as the service does not answer.
      throw this.#trouble ?? new errors.JWKSNoMatchingKey();
    }
    return key;
  };

  /** Looks the keys up where they are old, and waits for that where those at hand can't serve meanwhile. */
  async #renew(now: number): Promise<void> {
    const age = distance(now, this.#lookedUpAt);
    if (age <= life) {
      return;
    }
    // Whoever comes in an outage that is known need not wait for each look-up that fails.
    const isOutage = this.#trouble !== undefined && distance(now, this.#triedAt) <= life;
    const looking = this.#refresh(now);
    if (age > outageLife || (age > staleAfter && !isOutage)) {
      await looking;
    }
    if (distance(now, this.#lookedUpAt) > outageLife) {
      throw this.#trouble ?? new Fault('the keys of device tokens are too old');
    }
  }

  async #present(...asked: Parameters<JWTVerifyGetKey>) {
    try {
      return await this.#set?.(...asked);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        return undefined;
      }
      throw error;
    }
  }

  /** One look-up at a time, and none within the pause. It never rejects. */
  #refresh(now: number): Promise<void> {
    if (this.#pending === undefined && distance(now, this.#triedAt) >= pause) {
      this.#triedAt = now;
      this.#pending = this.#lookUp(now).finally(() => (this.#pending = undefined));
    }
    return this.#pending ?? Promise.resolve();
  }

  async #lookUp(now: number): Promise<void> {
    const { url, send } = this.#options;
    try {
      this.#set = keySet(await answerOf(send, url, limit, { headers: { Accept: 'application/json' } }));
      this.#lookedUpAt = now;
      this.#trouble = undefined;
    } catch (cause) {
      this.#trouble = new Fault(`the keys of device tokens could not be had from ${url}`, { cause });
    }
  }
}

/** Milliseconds between two times. A clock that was set back makes no time last. */
function distance(one: number, other: number): number {
  return Math.abs(one - other);
}

/** The keys of an answer that can verify a device token; throws where there are none, as the service always has one. */
function keySet(answer: Partial<JSONWebKeySet> | null): LocalJWKSet {
  const all: unknown = answer?.keys;
  const keys = Array.isArray(all) ? all.filter(verifies) : [];
  if (keys.length === 0) {
    throw new Error('the answer has no key for EdDSA or ES256');
  }
  return createLocalJWKSet({ keys });
}

function verifies(jwk: JWK | null): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const isOfKind = asymmetricKeyType === 'ed25519' || asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isOfKind && (jwk?.use ?? 'sig') === 'sig';
  } catch {
    return false;
  }
}
