import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useText } from '../text';
import { Empty } from './states';

/** A list of pages, each of which looks at a bounded part of what there is, so that it can be empty and still lead on. */
interface Pages {
  data: { pages: unknown[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  isError: boolean;
  fetchNextPage(): Promise<unknown>;
}

const atOnce = 5; // pages that a search reads by itself

/** Reads on while nothing is found, and tells whether it does. */
export function useSearchOn({ data, hasNextPage, isFetching, isError, fetchNextPage }: Pages, found: number): boolean {
  const goOn = hasNextPage && !isError && found === 0 && (data?.pages.length ?? 0) < atOnce;
  useEffect(() => {
    if (goOn && !isFetching) {
      void fetchNextPage();
    }
  }, [goOn, isFetching, fetchNextPage]);
  return goOn;
}

/** Nothing so far, and a way to go on. */
export function SoFar({ pages, children }: { pages: Pages; children: string }) {
  const { decisions: text } = useText();
  return (
    <Empty icon="search">
      {children}
      <Button display="block" mx="auto" mt="sm" variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{text.goOn}</Button>
    </Empty>
  );
}
