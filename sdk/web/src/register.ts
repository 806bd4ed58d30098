import { obtain, subjectOf } from './assertion.js';
import { type Context, regardless } from './context.js';
import type { Device } from './device.js';
import { SymbolonError } from './errors.js';
import type { DeviceKey } from './key.js';
import { signProof } from './proof.js';
import { retrying } from './retry.js';
import type { Challenge } from './service.js';

export interface RegisterOptions {
  /** Says who the user is: a ticket that the app's backend obtained, or an OIDC token. Default: createSymbolon's. */
  assertion?: string;
  /** What the user calls the device; by default the service derives "Chrome on macOS". */
  deviceName?: string;
  /** The user's id, where the assertion is no JWT that names it as `sub`. */
  user?: string;
  /**
   * Ids of the user's devices that this one takes the place of: of the error device_limit_reached's choices. They are
   * signed out for good, and only if this browser comes in.
   */
  replace?: string[];
}

/** Makes this browser a device of the user. */
export async function register(context: Context, options: RegisterOptions): Promise<Device> {
  const assertion = await obtain(options.assertion, context.assertion);
  const sub = options.user ?? subjectOf(assertion);
  if (sub === undefined) {
    throw new SymbolonError('user_needed', 'the assertion names no user: pass the user id as user');
  }
  const { app, service, keyring } = context;
  const [, signals] = await Promise.all([keyring.ensure(), context.look()]);
  const [key, device] = await retrying(async () => {
    const made = await service.challenge('register');
    const key = await keyFor(context, made);
    const proof = await signProof(key, { aud: app, challenge: made.challenge, purpose: 'register', sub });
    const { deviceName, replace } = options;
    const asked = { proof, deviceName, replace, platform: 'web', signals } as const;
    return [key, await service.register(assertion, asked)] as const;
  });
  await regardless(keyring.remember(key, { ...device, userId: sub }));
  // Not awaited: a browser may ask the person whether the site may keep its storage.
  void regardless(navigator.storage?.persist?.());
  return device;
}

/** The key that is there, or a new one where another tab forgot it meanwhile. */
async function keyFor({ keyring, rotation }: Context, challenge: Challenge): Promise<DeviceKey> {
  const held = await keyring.load();
  return held ? rotation.ready(held, challenge) : keyring.ensure();
}

/**
 * Registers the browser again for a user whose device the service does not know any more, and tells whether it did.
 * Who never registered here is not registered unasked, and a refusal stands.
 */
export async function registerAgain(context: Context, assertion: string, user: string | undefined): Promise<boolean> {
  const sub = user ?? subjectOf(assertion);
  const held = await context.keyring.load();
  if (sub === undefined || !held?.owners.some((owner) => owner.user === sub)) {
    return false;
  }
  try {
    await register(context, { assertion, user: sub });
    return true;
  } catch (error) {
    const { status = 0 } = error as SymbolonError;
    if (status >= 400 && status < 500) {
      return false;
    }
    throw error;
  }
}
