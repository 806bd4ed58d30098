/** Where things are in the portal. Ids stand in an address as one part, whatever they consist of. */
export const to = {
  users: (app: string) => `/apps/${app}/users`,
  user: (app: string, user: string) => `/apps/${app}/users/${encodeURIComponent(user)}`,
  devices: (app: string) => `/apps/${app}/devices`,
  device: (app: string, device: string) => `/apps/${app}/devices/${encodeURIComponent(device)}`,
  log: (app: string) => `/apps/${app}/log`,
  apps: '/apps',
  app: (app: string) => `/apps/${app}`,
  admins: '/admins',
  account: '/account',
};

/** The id that the address ends with. The router's own has been decoded halfway. */
export function lastPart(): string {
  return decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
}
