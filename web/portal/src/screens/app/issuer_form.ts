import type { Schemas } from '../../api/client';
import { lines } from '../apps/lines';

type Issuer = Schemas['Issuer'];

/** An issuer as it stands in the form's fields. */
export const empty = {
  issuer: '', audiences: '', userClaim: '', leeway: '', algorithms: '', require: '', factor: '', introspects: false, endpoint: '', clientId: '', clientSecret: '', cacheFor: '',
};

export function typedOf({ introspection: asked, ...issuer }: Issuer): typeof empty {
  return {
    issuer: issuer.issuer, audiences: issuer.audiences.join('\n'), userClaim: issuer.userClaim ?? '', leeway: issuer.leeway ?? '', algorithms: issuer.algorithms?.join(', ') ?? '',
    require: textOf(issuer.require), factor: textOf(issuer.factor),
    introspects: !!asked, endpoint: asked?.endpoint ?? '', clientId: asked?.clientId ?? '', clientSecret: '', cacheFor: asked?.cacheFor ?? '',
  };
}

/** What the service is asked to store; what is left empty is left to its default, and a secret to what it is. */
export function issuerOf(typed: typeof empty): Issuer {
  return {
    issuer: typed.issuer.trim(),
    audiences: lines(typed.audiences),
    ...(typed.userClaim && { userClaim: typed.userClaim.trim() }),
    ...(typed.leeway && { leeway: typed.leeway.trim() }),
    ...(typed.algorithms.trim() && { algorithms: values(typed.algorithms) }),
    ...(typed.require.trim() && { require: claimsOf(typed.require) }),
    ...(typed.factor.trim() && { factor: claimsOf(typed.factor) }),
    ...(typed.introspects && {
      introspection: {
        clientId: typed.clientId.trim(),
        ...(typed.endpoint && { endpoint: typed.endpoint.trim() }),
        ...(typed.clientSecret && { clientSecret: typed.clientSecret }),
        ...(typed.cacheFor && { cacheFor: typed.cacheFor.trim() }),
      },
    }),
  };
}

const values = (text: string) => text.split(',').map((value) => value.trim()).filter(Boolean);

/** Claims with their values: a claim on each line, as in "amr = otp, hwk". */
const textOf = (claims: Record<string, string[]> | undefined) => Object.entries(claims ?? {}).map(([name, all]) => (all.length > 0 ? `${name} = ${all.join(', ')}` : name)).join('\n');

function claimsOf(text: string): Record<string, string[]> {
  return Object.fromEntries(lines(text).map((line) => {
    const [name = '', ...rest] = line.split('=');
    return [name.trim(), values(rest.join('='))];
  }));
}
