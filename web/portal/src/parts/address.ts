/** Where things are in the portal. Ids stand in an address as one part, whatever they consist of. */
export const to = {
  overview: (app: string) => `/apps/${app}/overview`,
  users: (app: string) => `/apps/${app}/users`,
  user: (app: string, user: string) => `/apps/${app}/users/${encodeURIComponent(user)}`,
  devices: (app: string) => `/apps/${app}/devices`,
  device: (app: string, device: string) => `/apps/${app}/devices/${encodeURIComponent(device)}`,
  decisions: (app: string) => `/apps/${app}/decisions`,
  decision: (app: string, id: string) => `/apps/${app}/decisions/${encodeURIComponent(id)}`,
  policy: (app: string) => `/apps/${app}/policy`,
  log: (app: string) => `/apps/${app}/log`,
  apps: '/apps',
  app: (app: string) => `/apps/${app}`,
  admins: '/admins',
  settings: '/settings',
  account: '/account',
};

/** The id that the address ends with. The router's own has been decoded halfway. What decodes to nothing is an id that nothing has. */
export function lastPart(): string {
  const part = location.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
