import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Schemas, api, ask } from '../../api/client';
import type { Filter } from './view';

export type Decision = Schemas['DecisionEntry'];
export type Page = Schemas['DecisionPage'];

/** A page of decisions, the latest first. */
export function page(app: string, query: Filter & { before?: number | undefined; limit?: number; cursor?: string | undefined }, signal?: AbortSignal): Promise<Page> {
  return ask(api.GET('/v1/apps/{app}/decisions', { params: { path: { app }, query }, signal }));
}

export const historyKey = (app: string, filter: Filter) => ['decisions', app, filter];

export function useHistory(app: string, filter: Filter) {
  return useInfiniteQuery({
    queryKey: historyKey(app, filter),
    queryFn: ({ pageParam, signal }) => page(app, { ...filter, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false, // it would read every page again; what is new comes in by itself
  });
}

/** The decisions that were made about a device last. */
export function useOfDevice(app: string, device: string) {
  return useQuery({ queryKey: ['device', app, device, 'decisions'], queryFn: ({ signal }) => page(app, { device, limit: 200 }, signal) });
}

export function useDecision(app: string, id: string) {
  return useQuery({
    queryKey: ['decision', app, id],
    queryFn: ({ signal }) => ask(api.GET('/v1/apps/{app}/decisions/{decision}', { params: { path: { app, decision: id } }, signal })),
  });
}
