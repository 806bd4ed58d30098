import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type Schemas, api, ask } from '../../api/client';
import type { Filter } from './view';

/** Several types stand in one parameter, with commas. */
const querySerializer = { array: { style: 'form', explode: false } } as const;

/** A page of the log, the latest first; without an app, of the service. */
function page(app: string | undefined, filter: Filter, cursor: string | undefined, signal: AbortSignal): Promise<Schemas['EventPage']> {
  const query = { ...filter, cursor };
  return ask(app === undefined
    ? api.GET('/v1/log', { params: { query }, querySerializer, signal })
    : api.GET('/v1/apps/{app}/log', { params: { path: { app }, query }, querySerializer, signal }));
}

export function useLog(app: string | undefined, filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['log', app ?? '', filter],
    queryFn: ({ pageParam, signal }) => page(app, filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
}
