import { type InfiniteData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useState } from 'react';
import { type Decision, type Page, historyKey, page, useHistory } from './query';
import type { Filter } from './view';

const every = 2_000; // milliseconds
const atOnce = 200; // decisions that are taken in; after more, the list begins anew
const most = 500; // decisions that are held while new ones come in
const late = 10_000; // milliseconds in which another replica's decision may still appear below the newest
const astray = 600_000; // milliseconds by which the reader's clock may be wrong

/**
 * The history of decisions, and what comes in on top of it while live is on. What comes in waits where the list is being
 * read: it must not jump under a reader.
 */
export function useTail(app: string, filter: Filter, live: boolean, list: RefObject<HTMLElement | null>) {
  const history = useHistory(app, filter);
  const queries = useQueryClient();
  const [taken, setTaken] = useState<Taken>({ fresh: new Set(), count: 0 });
  const items = history.data?.pages.flatMap((part) => part.items) ?? [];
  const newest = useNewest(app, filter, items[0], live && history.isSuccess && !history.isPlaceholderData);
  const known = new Set(items.map(({ decisionId }) => decisionId));
  const last = at(items.at(-1));
  const waiting = live ? (newest.data?.items ?? []).filter((decision) => !known.has(decision.decisionId) && at(decision) >= last) : [];

  const takeIn = () => {
    if (waiting.length >= atOnce - 1) {
      void queries.resetQueries({ queryKey: historyKey(app, filter) });
      return;
    }
    const grown = history.data && trimmed(withOnTop(history.data, waiting));
    queries.setQueryData<InfiniteData<Page>>(historyKey(app, filter), grown);
    if (grown?.pages.length === 1 && held(grown) > most) {
      void history.refetch(); // only the service knows where a shorter page ends
    }
    setTaken(({ count }) => ({ fresh: new Set(waiting.map(({ decisionId }) => decisionId)), count: count + waiting.length }));
  };
  const arrival = waiting[0]?.decisionId;
  useEffect(() => {
    if (arrival && !isRead(list.current)) {
      takeIn();
    }
  }, [arrival, newest.dataUpdatedAt]); // asked again with each answer, since its reader may have come back
  return { history, items, waiting: waiting.length, takeIn, error: newest.error, ...taken };
}

interface Taken {
  /** The ids that came in last. */
  fresh: ReadonlySet<string>;
  /** How many came in since the screen was opened. */
  count: number;
}

function useNewest(app: string, filter: Filter, top: Decision | undefined, enabled: boolean) {
  const of = JSON.stringify([app, filter]);
  const opened = useMemo(() => Date.now() - astray, [of]);
  const from = new Date(top ? at(top) - late : opened).toISOString();
  return useQuery({
    queryKey: ['decisions', app, filter, 'newest', from],
    queryFn: ({ signal }) => page(app, { ...filter, from: [filter.from ?? '', from].sort().at(-1), limit: atOnce }, signal),
    enabled,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: every, // not while the page is hidden
  });
}

const at = (decision: Decision | undefined) => (decision ? Date.parse(decision.decidedAt) : 0);

function withOnTop(data: InfiniteData<Page>, more: Decision[]): InfiniteData<Page> {
  const [first, ...rest] = data.pages;
  const items = [...more, ...(first?.items ?? [])].sort((a, b) => at(b) - at(a) || b.eventId - a.eventId);
  return { ...data, pages: [{ ...first, items }, ...rest] };
}

const held = (data: InfiniteData<Page>) => data.pages.reduce((sum, { items }) => sum + items.length, 0);

/** Without its oldest pages as long as it holds too many: showing more leads on after the last that stays. */
function trimmed(data: InfiniteData<Page>): InfiniteData<Page> {
  const { pages, pageParams } = data;
  return pages.length === 1 || held(data) <= most ? data : trimmed({ pages: pages.slice(0, -1), pageParams: pageParams.slice(0, -1) });
}

/** Whether somebody reads the list, further down or by the keyboard. */
function isRead(list: HTMLElement | null): boolean {
  return window.scrollY > 120 || !!list?.contains(document.activeElement);
}
