import { decodeJSON } from './base64url.js';
import type { Context } from './context.js';
import { currentDevice } from './current.js';
import { SymbolonError } from './errors.js';

/** Milliseconds before its end at which a token is not used any more. */
const margin = 30_000;

interface Claims {
  iat: number;
  exp: number;
  cnf: { jkt: string };
}

/** What the service says of this device for five minutes, to be shown to other servers. */
export class DeviceToken {
  readonly text: string;
  /** The key that it is bound to. */
  readonly thumbprint: string;
  /** Milliseconds since 1970, by this browser's own clock. */
  readonly received = Date.now();
  readonly #issued: number;
  readonly #ends: number;

  constructor(text: string) {
    const { iat, exp, cnf } = decodeJSON(text.split('.')[1] ?? '') as Claims;
    this.text = text;
    this.thumbprint = cnf.jkt;
    this.#issued = iat * 1000;
    this.#ends = exp * 1000;
  }

  /** The service's time, by which this browser's own clock may be wrong as it likes. */
  now(): number {
    return this.#issued + Date.now() - this.received;
  }

  isFresh(): boolean {
    const now = this.now();
    return now >= this.#issued && now < this.#ends - margin;
  }
}

/** The latest token of each user of this page. */
export class Tokens {
  readonly #context: Context;
  readonly #held = new Map<string, DeviceToken>();
  readonly #pending = new Map<string, Promise<DeviceToken>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** A token of the user, for the key. Calls that want a new one at the same time share it. */
  async get(user: string, thumbprint: string, renew: boolean): Promise<DeviceToken> {
    const held = this.#held.get(user);
    if (!renew && held?.isFresh() && held.thumbprint === thumbprint) {
      return held;
    }
    const pending = this.#pending.get(user) ?? this.#take(user).finally(() => this.#pending.delete(user));
    this.#pending.set(user, pending);
    return pending;
  }

  async #take(user: string): Promise<DeviceToken> {
    const { deviceToken, known, recommendation, reason } = await currentDevice(this.#context, user);
    if (reason !== undefined) {
      throw new SymbolonError(reason, 'this browser has no key that could show which device it is');
    }
    if (recommendation === 'DENY') {
      throw new SymbolonError('device_blocked', 'this device is blocked');
    }
    if (!known) {
      throw new SymbolonError('device_unknown', 'this browser is no device of the user, or waits to be approved');
    }
    const token = readToken(deviceToken);
    this.#held.set(user, token);
    return token;
  }
}

function readToken(text = ''): DeviceToken {
  try {
    return new DeviceToken(text);
  } catch {
    throw new SymbolonError('unexpected_response', 'the service answered without a device token');
  }
}
