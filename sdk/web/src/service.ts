import type { ClientDecision, Device } from './device.js';
import { SymbolonError } from './errors.js';
import { type Request, exchange } from './http.js';
import type { Purpose } from './proof.js';
import type { Signals } from './signals.js';

export interface Challenge {
  challenge: string;
  /** The one clock that the SDK goes by, and not the device's: five minutes after the service made the challenge. */
  expiresAt: string;
}

interface Registration {
  proof: string;
  platform: 'web';
  deviceName?: string | undefined;
  replace?: string[] | undefined;
  signals?: Signals | undefined;
}

interface Question {
  proof: string;
  signals?: Signals | undefined;
  action?: string | undefined;
  token?: boolean;
}

/** The calls of one app's API that a device makes. Each is sent once. */
export class Service {
  readonly #root: string;
  readonly #fetch: typeof fetch;

  constructor(baseUrl: string, app: string, send: typeof fetch) {
    this.#root = `${baseUrl}/v1/apps/${encodeURIComponent(app)}`;
    this.#fetch = send;
  }

  async challenge(purpose: Purpose): Promise<Challenge> {
    const made = await this.#send<Partial<Challenge>>('/challenges', { body: { purpose } });
    if (typeof made.challenge !== 'string' || Number.isNaN(Date.parse(made.expiresAt ?? ''))) {
      throw new SymbolonError('unexpected_response', 'the service answered without a challenge that expires');
    }
    return made as Challenge;
  }

  register(assertion: string, registration: Registration): Promise<Device> {
    return this.#send('/devices', { body: registration, headers: bearer(assertion) });
  }

  decide(question: Question): Promise<ClientDecision> {
    return this.#send('/decisions', { body: question });
  }

  rotate(deviceId: string, proofs: { proof: string; newProof: string }): Promise<Device> {
    return this.#send(`/devices/${segment(deviceId)}/key`, { method: 'PUT', body: proofs });
  }

  /** A call for a signed-in user. With a proof it says which device asks. */
  me<T>(path: string, { headers, ...request }: Request, assertion: string, proof: string | undefined): Promise<T> {
    const all = { ...headers, ...bearer(assertion), ...(proof && { 'Symbolon-Proof': proof }) };
    return this.#send(`/me${path}`, { ...request, headers: all });
  }

  #send<T>(path: string, request: Request): Promise<T> {
    return exchange(this.#fetch, this.#root + path, request);
  }
}

function bearer(assertion: string) {
  return { Authorization: `Bearer ${assertion}` };
}

/** An id in a path. A browser takes dots for steps in the path, also where they are percent-encoded. */
export function segment(id: string): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') {
    throw new SymbolonError('invalid_request', 'deviceId must be the id of a device');
  }
  return encodeURIComponent(id);
}
