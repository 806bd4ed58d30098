import type { Device } from '../device.js';
import type { Devices } from '../devices.js';

/** What the list asks: the `devices` of the SDK, or anything that answers like them. */
export type Source = Pick<Devices, 'list' | 'rename' | 'trust' | 'distrust' | 'remove' | 'reportLost' | 'signOutOthers' | 'history'>;

/** What a person can do to a device, or with it. */
export type Action = 'rename' | 'trust' | 'distrust' | 'remove' | 'lost' | 'signOutOthers';

/** The score from which a device's last request is worth a hint: the policy's default for a second factor. */
const unusual = 40;

export function isOdd({ riskScore, status }: Device): boolean {
  return status === 'active' && riskScore >= unusual;
}

/** Whether its trust counts now, idle time and the app's policy included. */
export function isTrusted({ trust }: Device): boolean {
  return trust?.active === true;
}
