import { useQuery } from '@tanstack/react-query';
import { type Schemas, api, ask } from '../../api/client';
import type { paths } from '../../api/schema';
import { type Span, beginnings, spans } from './span';

type Query = NonNullable<paths['/v1/apps/{app}/tallies']['get']['parameters']['query']>;

/** How often what happened in each step of a span. */
export interface Counted {
  times: Date[];
  /** By name, one number for each time. */
  names: ReadonlyMap<string, number[]>;
}

/** What was counted of one kind. */
export function useCounted(app: string, kind: Query['kind'], span: Span) {
  return useQuery({
    queryKey: ['overview', app, kind, span],
    queryFn: async ({ signal }): Promise<Counted> => {
      const times = beginnings(span, new Date());
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const query: Query = { kind, from: times[0]!.toISOString(), step: spans[span].step, zone };
      const { items } = await ask(api.GET('/v1/apps/{app}/tallies', { params: { path: { app }, query }, signal }));
      return { times, names: byName(items, times) };
    },
  });
}

function byName(items: Schemas['Tally'][], times: Date[]): Map<string, number[]> {
  const names = new Map<string, number[]>();
  for (const { hour, name, count } of items) {
    const at = new Date(hour);
    const step = Math.max(0, times.findLastIndex((begins) => begins <= at));
    const counts = names.get(name) ?? times.map(() => 0);
    counts[step]! += count;
    names.set(name, counts);
  }
  return names;
}

/** How many devices of which kind there are. */
export function useCensus(app: string) {
  return useQuery({
    queryKey: ['overview', app, 'census'],
    queryFn: ({ signal }) => ask(api.GET('/v1/apps/{app}/census', { params: { path: { app } }, signal })),
  });
}

export const of = (counted: Counted | undefined, name: string): number[] => counted?.names.get(name) ?? counted?.times.map(() => 0) ?? [];
export const sum = (counts: number[]): number => counts.reduce((a, b) => a + b, 0);

/** All names, what there is most of first. */
export function totals(counted: Counted | undefined): [name: string, count: number][] {
  return [...(counted?.names ?? [])].map(([name, counts]): [string, number] => [name, sum(counts)]).sort(([, a], [, b]) => b - a);
}
