import { type Context, find, regardless } from './context.js';
import { decide, decideSurely } from './decide.js';
import type { ClientDecision } from './device.js';
import type { NoKey } from './guard.js';
import { retrying } from './retry.js';

export interface CurrentDevice extends ClientDecision {
  /** Why no decision was asked for: this browser can't hold a key, has none, or its key has no user yet. */
  reason?: NoKey | 'no_key' | 'user_needed';
}

/** What the service knows of this browser. */
export async function currentDevice(context: Context, user: string | undefined): Promise<CurrentDevice> {
  const { app, service, keyring, rotation } = context;
  const signals = await context.look();
  return retrying(async () => {
    const found = await find(context);
    if ('reason' in found) {
      return unknown(found.reason);
    }
    const sub = user ?? found.owners[0]?.user;
    if (sub === undefined) {
      return unknown('user_needed');
    }
    const made = await service.challenge('prove');
    const key = await rotation.ready(found, made);
    const isRegistered = found.owners.some((owner) => owner.user === sub);
    const ask = isRegistered ? decideSurely : decide;
    const decision = await ask(app, service, key, { user: sub, signals }, made);
    if (decision.known && decision.rotateAfter !== found.rotateAfter) {
      await regardless(keyring.schedule(decision.rotateAfter));
    }
    return decision;
  });
}

function unknown(reason: NonNullable<CurrentDevice['reason']>): CurrentDevice {
  return { recommendation: 'CHALLENGE', known: false, reason };
}
