import { Affix, Button, Group, Stack, Switch, Title, VisuallyHidden } from '@mantine/core';
import { useRef } from 'react';
import { Failure } from '../../parts/failure';
import { usePhone } from '../../parts/phone';
import { SoFar, useSearchOn } from '../../parts/search_on';
import { Empty, Rows } from '../../parts/states';
import { useText } from '../../text';
import { Filters } from './filters';
import { Cards, List } from './list';
import { useTail } from './live';
import { useView } from './view';

/** What was decided, the latest first: as it happens, and back to the beginning of the log. */
export default function Decisions({ app }: { app: string }) {
  const { decisions: text, devices } = useText();
  const view = useView();
  const { filter } = view;
  const live = view.live && !filter.to; // what is new is after the end of what is shown
  const shown = useRef<HTMLDivElement>(null);
  const { history, items, waiting, takeIn, error, fresh, count } = useTail(app, filter, live, shown);
  const searching = useSearchOn(history, items.length);
  const phone = usePhone();
  const Shape = phone ? Cards : List;
  const none = history.isSuccess && items.length === 0 && !searching;
  const showNew = () => {
    takeIn();
    window.scrollTo({ top: 0 });
  };
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        <Stack gap="xs">
          <Switch label={text.live} description={text.liveWhy} checked={live} disabled={!!filter.to} onChange={(e) => view.change({ live: e.target.checked ? '' : 'off' })} />
          {live && !!error && <Failure error={error} quiet />}
        </Stack>
      </Group>
      <Filters app={app} view={view} />
      {history.error && <Failure error={history.error} retry={() => void history.refetch()} />}
      {(history.isPending || searching) && items.length === 0 && <Rows height={phone ? 96 : 52} />}
      <VisuallyHidden role="status">{count > 0 && text.arrived(count)}</VisuallyHidden>
      <div ref={shown}>{items.length > 0 && <Shape app={app} items={items} fresh={fresh} />}</div>
      {none && !history.hasNextPage && <Empty icon="decisions">{view.set.length > 0 ? text.none : text.empty}</Empty>}
      {none && history.hasNextPage && <SoFar pages={history}>{text.soFar}</SoFar>}
      {items.length > 0 && history.hasNextPage && (
        <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>{devices.more}</Button>
      )}
      {waiting > 0 && <Affix position={{ bottom: 24, left: '50%' }} withinPortal={false}><Button style={{ transform: 'translateX(-50%)' }} onClick={showNew}>{text.waiting(waiting)}</Button></Affix>}
    </Stack>
  );
}
