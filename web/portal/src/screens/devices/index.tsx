import { Anchor, Button, Group, NativeSelect, Stack, Switch, Table, Text as Words, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Device, api, ask } from '../../api/client';
import { StatusBadge, isTrusted } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

/** The view is in the address, so that it can be kept and sent to a colleague. */
function useView() {
  const [params, set] = useSearchParams();
  const change = (name: string, value: string) =>
    set((before) => {
      const after = new URLSearchParams(before);
      value ? after.set(name, value) : after.delete(name);
      return after;
    }, { replace: true });
  return { q: params.get('q') ?? '', status: params.get('status') ?? '', trusted: params.get('trusted') === 'true', change };
}

function useDevices(app: string, q: string, { status, trusted }: { status: string; trusted: boolean }) {
  const filter = { q: q || undefined, status: (status || undefined) as Device['status'] | undefined, trusted: trusted || undefined };
  return useInfiniteQuery({
    queryKey: ['devices', app, filter],
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET('/v1/apps/{app}/devices', { params: { path: { app }, query: { ...filter, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
}

export default function Devices({ app }: { app: string }) {
  const { devices: text } = useText();
  const view = useView();
  const [typed, setTyped] = useState(view.q);
  const [q] = useDebouncedValue(typed, 150);
  const list = useDevices(app, q, view);
  const items = list.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  const filtered = q !== '' || view.status !== '' || view.trusted;
  return (
    <Stack>
      <Title order={1} size="h2">{text.title}</Title>
      <Group align="end">
        <TextInput
          type="search" label={text.search} flex={1} miw={200} value={typed}
          onChange={(e) => {
            setTyped(e.target.value);
            view.change('q', e.target.value);
          }}
        />
        <NativeSelect label={text.status} value={view.status} onChange={(e) => view.change('status', e.target.value)}>
          <option value="">{text.anyStatus}</option>
          {Object.entries(text.statuses).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        </NativeSelect>
        <Switch label={text.trustedOnly} checked={view.trusted} onChange={(e) => view.change('trusted', e.target.checked ? 'true' : '')} mb={8} />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {items.length > 0 && <List app={app} items={items} />}
      {list.isSuccess && items.length === 0 && <Words>{filtered ? text.none : text.empty}</Words>}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{text.more}</Button>}
    </Stack>
  );
}

function List({ app, items }: { app: string; items: Device[] }) {
  const { devices: { columns, trusted } } = useText();
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>{Object.values(columns).map((name) => <Table.Th key={name}>{name}</Table.Th>)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((device) => (
            <Table.Tr key={device.deviceId}>
              <Table.Td>{device.userId}</Table.Td>
              <Table.Td><Anchor component={Link} href={`/apps/${app}/devices/${encodeURIComponent(device.deviceId)}`}>{device.deviceName}</Anchor></Table.Td>
              <Table.Td><StatusBadge status={device.status} /></Table.Td>
              <Table.Td>{isTrusted(device) ? trusted : '–'}</Table.Td>
              <Table.Td><Ago at={device.lastUsedAt} /></Table.Td>
              <Table.Td>{device.location || '–'}</Table.Td>
              <Table.Td ta="right">{device.riskScore}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
