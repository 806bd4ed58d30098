import type { Device } from './device.js';
import { Fault, answerOf } from './fault.js';
import { badToken } from './refusal.js';

/** Milliseconds that an answer may take before nothing is decided. */
const limit = 3_000;

export interface LiveOptions {
  /** Where the service answers, seen from this backend: "https://devices.example.com". */
  baseUrl: string;
  /** The backend's credential (`sk_…`), with the scope `decisions`. */
  key: string;
}

interface Introspection {
  active: boolean;
  sub?: string;
  device_id?: string;
  trusted?: boolean;
}

/** Asks the service how devices stand now (RFC 7662). */
export class Introspector {
  readonly #url: string;
  readonly #key: string;
  readonly #send: typeof fetch;

  constructor({ baseUrl, key }: LiveOptions, app: string, send: typeof fetch) {
    this.#url = `${baseUrl.replace(/\/+$/, '')}/v1/apps/${encodeURIComponent(app)}/introspect`;
    this.#key = key;
    this.#send = send;
  }

  /** The device as it stands now. Rejects with a Refusal where its token counts no more, or with a Fault. */
  async ask(token: string, device: Device): Promise<Device> {
    const { active, sub, device_id, trusted } = await this.#introspect(token);
    if (!active) {
      throw badToken('its device does not stand any more as it did when the token was issued');
    }
    if (sub !== device.userId || device_id !== device.deviceId) {
      throw new Fault(`${this.#url} speaks of another device than the token`);
    }
    return { ...device, trusted: device.trusted && trusted === true, isLive: true };
  }

  async #introspect(token: string): Promise<Introspection> {
    try {
      const answer = await answerOf<Partial<Introspection> | null>(this.#send, this.#url, limit, {
        method: 'POST',
        headers: { Authorization: `Bearer ${this.#key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ token }),
      });
      if (typeof answer?.active !== 'boolean') {
        throw new Error('it did not answer as RFC 7662 has it');
      }
      return answer as Introspection;
    } catch (cause) {
      throw new Fault(`${this.#url} could not be asked`, { cause });
    }
  }
}
