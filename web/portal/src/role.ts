import type { Schemas } from './api/client';
import { adminApp } from './device/own';
import { useDoor } from './session';

type Role = Schemas['Grant']['role'];
export const roles: Role[] = ['viewer', 'operator', 'admin'];

/** Whether who is signed in may do what takes this role, on an app or, without one, on all. The service asks again. */
export function useMay(wanted: Role, app?: string): boolean {
  const { who } = useDoor();
  const least = app === adminApp ? 'admin' : wanted; // only admins of all apps manage the admins' own
  return who.admin.grants.some(({ appId, role }) => (!appId || appId === app && app !== adminApp) && roles.indexOf(role) >= roles.indexOf(least));
}
