import { useQuery } from '@tanstack/react-query';
import { useMay } from '../role';
import { api, ask } from './client';

/** Names of admins by id, for who may read them. */
export function useAdminNames(): ReadonlyMap<string, string> {
  const enabled = useMay('admin');
  const { data } = useQuery({ queryKey: ['admins', 'names'], enabled, queryFn: () => ask(api.GET('/v1/admins', { params: { query: { limit: 200 } } })) });
  return new Map(data?.items.map(({ adminId, name }) => [adminId, name]));
}
