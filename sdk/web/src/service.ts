import type { ClientDecision, Device } from './device.js';
import { SymbolonError } from './errors.js';
import { post } from './http.js';
import type { Purpose } from './proof.js';
import type { Signals } from './signals.js';

interface Registration {
  proof: string;
  platform: 'web';
  deviceName?: string | undefined;
  signals?: Signals | undefined;
}

/** The calls of one app's API that need no more than a client. Each is sent once. */
export class Service {
  readonly #root: string;
  readonly #fetch: typeof fetch;

  constructor(baseUrl: string, app: string, send: typeof fetch) {
    this.#root = `${baseUrl}/v1/apps/${encodeURIComponent(app)}`;
    this.#fetch = send;
  }

  async challenge(purpose: Purpose): Promise<string> {
    const { challenge } = await post<{ challenge?: unknown }>(this.#fetch, `${this.#root}/challenges`, { purpose });
    if (typeof challenge !== 'string') {
      throw new SymbolonError('unexpected_response', 'the service answered without a challenge');
    }
    return challenge;
  }

  register(assertion: string, registration: Registration): Promise<Device> {
    return post(this.#fetch, `${this.#root}/devices`, registration, assertion);
  }

  decide(question: { proof: string; signals?: Signals | undefined }): Promise<ClientDecision> {
    return post(this.#fetch, `${this.#root}/decisions`, question);
  }
}
