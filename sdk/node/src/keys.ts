import { type JWTVerifyGetKey, type LocalJWKSet, createLocalJWKSet, errors } from 'jose';
import { Fault, answerOf } from './fault.js';

/** Milliseconds after which the keys are looked up again, so that one that was withdrawn is forgotten. */
const life = 5 * 60_000;
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
 * The service's public keys (RFC 7517). They are kept while the service is down, and looked up again for a key that is
 * not among them. jose's own remote set would drop them when their time is over, and ask on every unknown key in an
 * outage.
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
    if (now - this.#lookedUpAt > life) {
      const looking = this.#refresh(now);
      // The keys that are there serve meanwhile.
      await (this.#set === undefined ? looking : undefined);
    }
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
    if (this.#pending === undefined && now - this.#triedAt >= pause) {
      this.#triedAt = now;
      this.#pending = this.#lookUp(now).finally(() => (this.#pending = undefined));
    }
    return this.#pending ?? Promise.resolve();
  }

  async #lookUp(now: number): Promise<void> {
    const { url, send } = this.#options;
    try {
      this.#set = createLocalJWKSet(await answerOf(send, url, limit, { headers: { Accept: 'application/json' } }));
      this.#lookedUpAt = now;
      this.#trouble = undefined;
    } catch (cause) {
      this.#trouble = new Fault(`the keys of device tokens could not be had from ${url}`, { cause });
    }
  }
}
