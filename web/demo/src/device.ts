import { type Device, type Proof, type Symbolon, SymbolonError, createSymbolon } from '@symbolon/web';
import { tell } from './activity.js';
import type { Settings } from './api.js';
import { type Pretence, pretence } from './pretence.js';

/** What goes to the bank with each request; the bank asks Symbolon about it. */
export interface Evidence {
  proof?: string;
  signals?: Proof['signals'];
  pretend?: Pretence;
}

/** Milliseconds to wait for Symbolon. Without a proof the bank asks for a code, which beats waiting. */
const patience = 4_000;

/** This browser as a device: everything that the bank's pages do with the SDK. */
export class ThisBrowser {
  readonly #symbolon: Symbolon;

  constructor(settings: Settings) {
    this.#symbolon = createSymbolon({ baseUrl: settings.symbolon, app: settings.app });
  }

  /** Proves that this browser holds its key, for one action. Where it has none, there is nothing to show. */
  async evidence(user: string, action: string, payload?: string): Promise<Evidence> {
    try {
      const made = this.#symbolon.prove({ user, action, ...(payload !== undefined && { payload }) });
      const { proof, signals, reason } = await soon(made);
      if (proof === null) {
        tell('page', { kind: 'no_key', ...(reason && { code: reason }) });
        return { signals, pretend: pretence() };
      }
      tell('page', { kind: 'signed', action, proof: decode(proof) });
      return { proof, signals, pretend: pretence() };
    } catch (error) {
      tell('page', { kind: 'no_proof', code: codeOf(error) });
      return { pretend: pretence() };
    }
  }

  /** Makes this browser one of the user's devices. Gives the code of the refusal where it can't. */
  async register(ticket: string): Promise<Device | { refused: string }> {
    try {
      const device = await this.#symbolon.register({ assertion: ticket });
      tell('page', { kind: 'registered', device: device.deviceName, user: device.userId });
      return device;
    } catch (error) {
      tell('page', { kind: 'not_registered', code: codeOf(error) });
      return { refused: codeOf(error) };
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof SymbolonError ? error.code : 'network';
}

async function soon<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SymbolonError('unavailable', 'no answer yet')), patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a proof says, for the panel; reading it verifies nothing. */
function decode(proof: string): { header: unknown; claims: unknown } {
  const [header, claims] = proof
    .split('.')
    .slice(0, 2)
    .map((part) => {
      const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))) as unknown;
    });
  return { header, claims };
}
