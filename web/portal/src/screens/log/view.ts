import type { paths } from '../../api/schema';
import { queryOf, useAddress } from '../../parts/use_address';

export type Filter = Omit<NonNullable<paths['/v1/log']['get']['parameters']['query']>, 'limit' | 'cursor'>;

const names = ['type', 'actor', 'by', 'user', 'from', 'to'] as const;
export const kinds = ['admin', 'backend', 'user', 'client', 'system'] as const;

export function useView() {
  const { asked, ...view } = useAddress(names, ['of']);
  const types = view.of('type').split(',').filter(Boolean);
  const filter: Filter = { ...queryOf<Filter>(names, asked), type: asked('type')?.split(',').filter(Boolean) };
  return { ...view, types, filter, service: view.of('of') === 'service', filtered: view.set.length > 0 };
}

export type View = ReturnType<typeof useView>;
