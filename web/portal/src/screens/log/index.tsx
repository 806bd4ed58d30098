import { Button, Group, Paper, SegmentedControl, Stack, Text as Words, Title } from '@mantine/core';
import { useAdminNames } from '../../api/admins';
import { Failure } from '../../parts/failure';
import { SoFar, useSearchOn } from '../../parts/search_on';
import { Empty, Rows } from '../../parts/states';
import { useMay } from '../../role';
import { useText } from '../../text';
import { Entry } from './entry';
import { Filters } from './filters';
import { useLog } from './query';
import { Verify } from './verify';
import { useView } from './view';

/** Every change in an app, or in the service, and who made it. */
export default function Log({ app }: { app: string }) {
  const { log: text, devices } = useText();
  const view = useView();
  const overAll = useMay('admin');
  const service = overAll && view.service;
  const list = useLog(service ? undefined : app, view.filter);
  const admins = useAdminNames();
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const searching = useSearchOn(list, items.length);
  const none = list.isSuccess && items.length === 0 && !searching;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">{text.title}</Title>
          <Words c="dimmed" size="sm">{text.why}</Words>
        </div>
        {overAll && (
          <SegmentedControl
            aria-label={text.of} value={service ? 'service' : 'app'} data={[{ value: 'app', label: text.ofApp }, { value: 'service', label: text.ofService }]}
            onChange={(of) => view.change({ of: of === 'service' ? of : '', type: '', user: '' })}
          />
        )}
      </Group>
      {!service && <Verify key={app} app={app} />}
      <Filters view={view} of={service ? 'service' : 'app'} />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {(list.isPending || searching) && <Rows />}
      {none && !list.hasNextPage && <Empty icon="log">{view.filtered ? text.none : text.empty}</Empty>}
      {none && list.hasNextPage && <SoFar pages={list}>{text.soFar}</SoFar>}
      {items.length > 0 && (
        <Paper withBorder component="ul" aria-label={text.title} m={0} p={0}>
          {items.map((event) => <Entry key={event.eventId} event={event} admins={admins} />)}
        </Paper>
      )}
      {items.length > 0 && list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Stack>
  );
}
