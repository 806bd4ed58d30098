import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ask } from '../../api/client';
import type { Filter } from './view';

const enough = 20; // devices, before a button asks for more
const atOnce = 10; // pages that are read in search of them: a page looks at some of the devices only, and can be empty

/** The devices that fit, page by page. Pages that hold little are followed by the next by themselves, up to a bound. */
export function useDevices(app: string, filter: Filter) {
  const list = useInfiniteQuery({
    queryKey: ['devices', app, filter],
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET('/v1/apps/{app}/devices', { params: { path: { app }, query: { ...filter, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const pages = list.data?.pages.length ?? 0;
  const [goal, setGoal] = useState({ of: '', items: enough, pages: atOnce });
  const of = JSON.stringify(filter);
  if (goal.of !== of) {
    setGoal({ of, items: enough, pages: atOnce });
  }
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const goesOn = hasNextPage && items.length < goal.items && pages < goal.pages && !isError;
  useEffect(() => {
    if (goesOn && !isFetching) {
      void fetchNextPage();
    }
  }, [goesOn, isFetching, fetchNextPage]);
  const more = () => {
    setGoal({ of, items: items.length + enough, pages: pages + atOnce });
    void fetchNextPage();
  };
  return { ...list, items, searching: goesOn, more };
}
