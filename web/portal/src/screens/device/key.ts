import { useQuery } from '@tanstack/react-query';
import { type Device, api, ask } from '../../api/client';

type Jwk = Record<string, string | undefined>;

/** The members of a key that count for its thumbprint, in their order (RFC 7638, section 3.2; RFC 8037, section 2). */
const counted: Record<string, string[]> = { EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'], RSA: ['e', 'kty', 'n'] };

const algorithms: Record<string, string> = { EC: 'ES256', OKP: 'EdDSA', RSA: 'PS256, RS256' };

/** How a key signs; an RSA key may sign in one of two ways, unless it says which. */
function algorithmOf({ kty = '', crv, alg }: Jwk): string {
  const name = alg ?? algorithms[kty] ?? kty;
  return crv ? `${name} (${crv})` : name;
}

/** RFC 7638, by SHA-256; undefined where the page stands at no secure origin, whose browser has no digests. */
async function thumbprint(key: Jwk): Promise<string | undefined> {
  const names = counted[key.kty ?? ''];
  if (!names || !globalThis.crypto?.subtle) {
    return undefined;
  }
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, key[name]])));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** What the key is now, and when it was replaced, the latest first. */
export function useKey(app: string, { deviceId, userId, publicKey }: Device) {
  const jwk = publicKey as Jwk | undefined;
  const print = useQuery({ queryKey: ['thumbprint', jwk], enabled: !!jwk, queryFn: async () => (await thumbprint(jwk!)) ?? null, staleTime: Infinity });
  const rotated = useQuery({
    queryKey: ['device', app, deviceId, 'rotations'],
    queryFn: () => ask(api.GET('/v1/apps/{app}/log', { params: { path: { app }, query: { type: ['device.rotated'], user: userId, limit: 200 } } })),
  });
  return {
    algorithm: jwk && algorithmOf(jwk),
    thumbprint: print.data ?? undefined,
    rotations: rotated.data?.items.filter((event) => event.deviceId === deviceId).map(({ at }) => at),
  };
}
