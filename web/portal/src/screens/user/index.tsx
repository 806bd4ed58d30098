import { Anchor, Button, Checkbox, Group, SimpleGrid, Stack, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { type Action, fits } from '../../api/act';
import { type Device, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Ask } from '../../parts/ask';
import { Failure } from '../../parts/failure';
import { Empty, Rows } from '../../parts/states';
import { useMay } from '../../role';
import { useText } from '../../text';
import { DeviceCard } from './card';
import { Together } from './together';
import { UserActions } from './actions';

export default function UserPage({ app, user }: { app: string; user: string }) {
  const { user: text, devices } = useText();
  const list = useInfiniteQuery({
    queryKey: ['user', app, user],
    queryFn: ({ pageParam }) => ask(api.GET('/v1/apps/{app}/devices', { params: { path: { app }, query: { user, limit: 200, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="lg">
      <Anchor component={Link} href={to.users(app)} size="sm">← {text.back}</Anchor>
      <Group justify="space-between">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>{user}</Title>
        <UserActions app={app} user={user} />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={2} height={200} />}
      {list.isSuccess && items.length === 0 && <Empty icon="devices">{text.none}</Empty>}
      {items.length > 0 && <Devices app={app} items={items} />}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Stack>
  );
}

function Devices({ app, items }: { app: string; items: Device[] }) {
  const { devices, user } = useText();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Action>();
  const may = useMay('operator', app);
  const some = items.filter(({ deviceId }) => chosen.has(deviceId));
  const all = some.length === items.length;
  const choose = (id: string) => setChosen((before) => before.has(id) ? new Set([...before].filter((other) => other !== id)) : new Set([...before, id]));
  return (
    <Stack>
      {may && (
        <Group gap="xs" mih={36}>
          <Checkbox
            label={some.length > 0 ? devices.selected(some.length) : user.chooseAll} checked={all} indeterminate={some.length > 0 && !all}
            onChange={() => setChosen(new Set(all ? [] : items.map(({ deviceId }) => deviceId)))}
          />
          <Together devices={some} ask={setAsked} />
        </Group>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {items.map((device) => (
          <DeviceCard key={device.deviceId} app={app} device={device} chosen={chosen.has(device.deviceId)} choose={may ? () => choose(device.deviceId) : undefined} />
        ))}
      </SimpleGrid>
      {asked && (
        <Ask key={asked} app={app} devices={some.filter((device) => fits(asked, device))} action={asked} close={() => setAsked(undefined)} done={() => setChosen(new Set())} />
      )}
    </Stack>
  );
}
