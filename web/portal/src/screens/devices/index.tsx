import { Button, Group, NativeSelect, Stack, Switch, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { type Device, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { Icon } from '../../parts/icon';
import { usePhone } from '../../parts/phone';
import { Empty, Rows } from '../../parts/states';
import { useText } from '../../text';
import { Cards, List } from './list';

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
  const phone = usePhone();
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = q !== '' || view.status !== '' || view.trusted;
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">{text.title}</Title>
      <Group align="end">
        <TextInput
          type="search" label={text.search} flex={1} miw={220} value={typed} leftSection={<Icon name="search" size={18} />}
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
      {list.isPending && <Rows height={phone ? 96 : 52} />}
      {items.length > 0 && (phone ? <Cards app={app} items={items} /> : <List app={app} items={items} />)}
      {list.isSuccess && items.length === 0 && <Empty icon="devices">{filtered ? text.none : text.empty}</Empty>}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{text.more}</Button>}
    </Stack>
  );
}
