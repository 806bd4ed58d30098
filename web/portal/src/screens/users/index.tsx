import { Anchor, Badge, Button, Group, Paper, Stack, Text as Words, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Schemas, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { Icon } from '../../parts/icon';
import { Empty, Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

function useUsers(app: string, q: string) {
  return useInfiniteQuery({
    queryKey: ['users', app, q],
    queryFn: ({ pageParam, signal }) => ask(api.GET('/v1/apps/{app}/users', { params: { path: { app }, query: { q: q || undefined, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
}

export default function Users({ app }: { app: string }) {
  const { users: text, devices } = useText();
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState(params.get('q') ?? '');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const list = useUsers(app, q);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">{text.title}</Title>
      <TextInput
        type="search" label={text.search} value={typed} maxLength={255} leftSection={<Icon name="search" size={18} />}
        onChange={(e) => {
          setTyped(e.target.value);
          setParams(e.target.value ? { q: e.target.value } : {}, { replace: true });
        }}
      />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows height={68} />}
      {items.length > 0 && (
        <Stack gap="xs">
          {items.map((user) => <User key={user.userId} app={app} user={user} />)}
        </Stack>
      )}
      {list.isSuccess && items.length === 0 && !list.hasNextPage && <Empty icon="users">{q ? text.none : text.empty}</Empty>}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Stack>
  );
}

function User({ app, user: { userId, devices, pending, blocked, lastSeenAt, riskScore } }: { app: string; user: Schemas['UserSummary'] }) {
  const { devices: text, users } = useText();
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" justify="space-between">
        <div style={{ minWidth: 0 }}>
          <Anchor component={Link} href={to.user(app, userId)} data-walk fw={500} style={{ overflowWrap: 'anywhere' }}>{userId}</Anchor>
          <Group gap="xs">
            <Words size="sm" c="dimmed">{text.count(devices)} · <Ago at={lastSeenAt} /></Words>
            {pending > 0 && <Badge variant="light" color="yellow" tt="none">{users.pendingOf(pending)}</Badge>}
            {blocked > 0 && <Badge variant="light" color="red" tt="none">{text.blockedOf(blocked)}</Badge>}
          </Group>
        </div>
        <Group gap={6} wrap="nowrap">
          <Words size="sm" c="dimmed">{users.risk}</Words>
          <RiskBadge score={riskScore} />
        </Group>
      </Group>
    </Paper>
  );
}
