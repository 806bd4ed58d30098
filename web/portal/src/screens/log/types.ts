/** The kinds of events by what they are about; decisions are on a screen of their own. */
export const groups = {
  devices: [
    'device.registered', 'device.imported', 'device.claimed', 'device.approved', 'device.updated', 'device.rotated', 'device.session_bound', 'device.removed',
  ],
  trust: ['device.blocked', 'device.unblocked', 'device.trusted', 'device.distrusted'],
  users: ['user.revoked', 'user.reactivated', 'user.erased', 'user.tombstones_lifted'],
  policy: ['policy.updated', 'incident.begun', 'incident.finished'],
  apps: ['app.created', 'app.updated', 'credential.created', 'credential.revoked'],
  admins: [
    'admin.created', 'admin.updated', 'admin.removed', 'admin.invited', 'admin.signed_in', 'admin.signed_out', 'admin.sign_in_refused', 'admin.password_set',
    'admin.passkey_added', 'admin.passkey_removed', 'admin.passkey_doubted',
  ],
} as const;

export type Group = keyof typeof groups;

/** What there can be in the log of an app, and in that of the service. */
export const groupsOf: Record<'app' | 'service', Group[]> = { app: ['devices', 'trust', 'users', 'policy', 'apps'], service: ['admins', 'apps'] };
