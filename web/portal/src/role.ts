import type { Schemas } from './api/client';
import { useDoor } from './session';

type Role = Schemas['Grant']['role'];
export const roles: Role[] = ['viewer', 'operator', 'admin'];

/** Whether who is signed in may do what takes this role, on an app or, without one, on all. The service asks again. */
export function useMay(wanted: Role, app?: string): boolean {
  const { who } = useDoor();
  return who.admin.grants.some(({ appId, role }) => (!appId || appId === app) && roles.indexOf(role) >= roles.indexOf(wanted));
}
