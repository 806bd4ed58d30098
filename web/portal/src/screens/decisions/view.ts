import type { paths } from '../../api/schema';
import { queryOf, useAddress } from '../../parts/use_address';

export type Filter = Omit<NonNullable<paths['/v1/apps/{app}/decisions']['get']['parameters']['query']>, 'limit' | 'cursor' | 'before'>;

/** What the list can be narrowed by, as it is called in the address and at the API. */
export const names = ['user', 'device', 'recommendation', 'secondFactor', 'action', 'reason', 'rule', 'country', 'riskFrom', 'riskTo', 'from', 'to'] as const;
export type Name = (typeof names)[number];

export const recommendations = ['DENY', 'CHALLENGE', 'ALLOW', 'TRUST'] as const;
export const factors = ['skip', 'require'] as const;

export function useView() {
  const { asked, ...view } = useAddress(names, ['live']);
  const filter: Filter = { ...queryOf<Filter>(names, asked), country: asked('country')?.toUpperCase() };
  return { ...view, filter, live: view.of('live') !== 'off' };
}

export type View = ReturnType<typeof useView>;
