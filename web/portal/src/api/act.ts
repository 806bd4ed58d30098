import { type Device, api, ask } from './client';

export const actions = ['approve', 'unblock', 'block', 'distrust', 'rename', 'remove'] as const;
export type Action = (typeof actions)[number];

/** Whether the user's trust counts: the service says so, by the policy, and until when. */
export function isTrusted({ trust }: Device): boolean {
  return !!trust?.active && (!trust.endsAt || new Date(trust.endsAt) > new Date());
}

function isGranted({ status, trust }: Device): boolean {
  return status === 'active' && !!trust && !trust.revokedAt && (!trust.trustedUntil || new Date(trust.trustedUntil) > new Date());
}

/** Whether an action makes sense for a device as it is. */
export function fits(action: Action, device: Device): boolean {
  switch (action) {
    case 'approve':
      return device.status === 'pending';
    case 'unblock':
      return device.status === 'blocked';
    case 'block':
      return device.status !== 'blocked';
    case 'distrust': // also trust that a milder policy would let count again
      return isGranted(device);
    default:
      return true;
  }
}

/** What an action asks for beside its yes. */
export const takes: Partial<Record<Action, 'reason' | 'name'>> = { block: 'reason', distrust: 'reason', rename: 'name' };

export function act(app: string, device: string, action: Action, typed: string, until?: string): Promise<unknown> {
  const params = { path: { app, device } };
  switch (action) {
    case 'block':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/block', { params, body: { reason: typed, until } }));
    case 'unblock':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/unblock', { params, body: {} }));
    case 'approve':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/approve', { params }));
    case 'distrust':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/distrust', { params, body: { reason: typed || undefined } }));
    case 'remove':
      return ask(api.DELETE('/v1/apps/{app}/devices/{device}', { params }));
    case 'rename':
      return ask(api.PATCH('/v1/apps/{app}/devices/{device}', { params, body: { deviceName: typed } }));
  }
}
