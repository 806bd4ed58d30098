import { Anchor, Badge, Button, Group, Paper, Stack, Text as Words, TextInput, ThemeIcon, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Device, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { DeviceIcon, Icon } from '../../parts/icon';
import { Empty, Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

const enough = 20; // users, before a button asks for more
const atOnce = 5; // pages that one search may read by itself

/** Users are not kept apart from their devices: whoever has a device is found by it. */
function useUsers(app: string, q: string) {
  const list = useInfiniteQuery({
    queryKey: ['devices', app, 'by user', q],
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET('/v1/apps/{app}/devices', { params: { path: { app }, query: { q: q || undefined, limit: 200, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
  const users = new Map<string, Device[]>();
  for (const device of list.data?.pages.flatMap((page) => page.items) ?? []) {
    if (device.userId.startsWith(q)) { // q also finds names and keys
      users.set(device.userId, [...(users.get(device.userId) ?? []), device]);
    }
  }
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const goOn = hasNextPage && !isFetching && users.size < enough && (list.data?.pages.length ?? 0) < atOnce;
  useEffect(() => {
    if (goOn) {
      void fetchNextPage();
    }
  }, [goOn, fetchNextPage]);
  return { ...list, users: [...users] };
}

export default function Users({ app }: { app: string }) {
  const { users: text, devices } = useText();
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState(params.get('q') ?? '');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const list = useUsers(app, q);
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">{text.title}</Title>
      <TextInput
        type="search" label={text.search} value={typed} leftSection={<Icon name="search" size={18} />}
        onChange={(e) => {
          setTyped(e.target.value);
          setParams(e.target.value ? { q: e.target.value } : {}, { replace: true });
        }}
      />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows height={68} />}
      {list.users.length > 0 && (
        <Stack gap="xs">
          {list.users.map(([user, of]) => <User key={user} app={app} user={user} devices={of} />)}
        </Stack>
      )}
      {list.isSuccess && !list.isFetching && list.users.length === 0 && <Empty icon="users">{q ? text.none : text.empty}</Empty>}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Stack>
  );
}

function User({ app, user, devices }: { app: string; user: string; devices: Device[] }) {
  const { devices: text } = useText();
  const used = devices.map(({ lastUsedAt }) => lastUsedAt ?? '').sort().at(-1);
  const blocked = devices.filter(({ status }) => status === 'blocked').length;
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" justify="space-between">
        <div style={{ minWidth: 0 }}>
          <Anchor component={Link} href={to.user(app, user)} data-walk fw={500} style={{ overflowWrap: 'anywhere' }}>{user}</Anchor>
          <Group gap="xs">
            <Words size="sm" c="dimmed">{text.count(devices.length)} · <Ago at={used} /></Words>
            {blocked > 0 && <Badge variant="light" color="red" tt="none">{text.blockedOf(blocked)}</Badge>}
          </Group>
        </div>
        <Group gap={6} wrap="nowrap">
          {devices.slice(0, 4).map((device) => (
            <ThemeIcon key={device.deviceId} variant="light" color={device.status === 'blocked' ? 'red' : 'gray'}><DeviceIcon type={device.deviceType} size={18} /></ThemeIcon>
          ))}
        </Group>
      </Group>
    </Paper>
  );
}
