import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, type SignedIn, api, ask } from '../api/client';

export type OwnDevice = Schemas['OwnDevice'];

/** The app whose users are the admins, and what their browsers prove themselves for. */
export const adminApp = 'admin';
const action = 'portal';

/**
 * Shows the service which browser this session comes from, and registers it where it is none yet. Where nothing is demanded,
 * that this fails keeps nobody out.
 */
export function useOwnDevice(who: SignedIn) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['own-device', who.session.sessionId],
    queryFn: async () => {
      const own = who.session.deviceId && !who.deviceRequired ? await ask(api.GET('/v1/admin/session/device')) : await show(who.admin.adminId);
      if (own.met && who.deviceRequired) {
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'own-device' });
      } else if (own.met && own.device && !who.session.deviceId) {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
      return own;
    },
    staleTime: Infinity,
    retry: false,
    refetchInterval: who.deviceRequired ? 30_000 : false,
  });
}

/** By the key that this browser has, else by one that it makes now. */
async function show(admin: string): Promise<OwnDevice> {
  const { createSymbolon } = await import('@symbolon/web');
  const symbolon = createSymbolon({ baseUrl: location.origin, app: adminApp });
  const prove = async () => {
    const { proof, signals } = await symbolon.prove({ user: admin, action });
    return proof ? ask(api.POST('/v1/admin/session/device', { body: { proof, signals: signals && { ...signals } } })) : undefined;
  };
  const shown = await prove();
  if (shown?.device) {
    return shown;
  }
  const { ticket } = await ask(api.POST('/v1/admin/session/ticket'));
  const device = await symbolon.register({ assertion: ticket });
  const registered = await prove();
  return registered ?? { met: false, device: device as Schemas['Device'] };
}
