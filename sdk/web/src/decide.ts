import type { ClientDecision } from './device.js';
import type { DeviceKey } from './key.js';
import { signProof } from './proof.js';
import type { Challenge, Service } from './service.js';
import type { Signals } from './signals.js';

interface Question {
  user: string;
  action?: string;
  signals?: Signals | undefined;
  token?: boolean;
}

/** Asks what the service knows of this key, as a client. */
export async function decide(app: string, service: Service, key: DeviceKey, question: Question, made: Challenge) {
  const { user, action, ...rest } = question;
  const claims = { aud: app, challenge: made.challenge, purpose: 'prove', sub: user, action } as const;
  return service.decide({ ...rest, action, proof: await signProof(key, claims) });
}

/** A client learns that its device is known, or blocked, only if the signature is by the key that the service holds. */
export function isHeld({ known, recommendation }: ClientDecision): boolean {
  return known || recommendation === 'DENY';
}

/**
 * Asks again where the key seems unknown. A browser resends by itself what is lost on a connection that it used before;
 * the second is a replay, and of that a client is told no more than of a stranger's proof.
 */
export async function decideSurely(app: string, service: Service, key: DeviceKey, question: Question, made: Challenge) {
  const decision = await decide(app, service, key, question, made);
  return isHeld(decision) ? decision : decide(app, service, key, question, await service.challenge('prove'));
}
