import { Button, Group, NativeSelect, Stack, Table } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { Diff } from './diff';
import { type Document, changes, effective } from './document';
import { useDraft } from './draft';
import { Part } from './fields';

const draftsOwn = 'draft';

const loadVersion = async (app: string, version: string) =>
  (await ask(api.GET('/v1/apps/{app}/policy/versions/{version}', { params: { path: { app, version } } }))).policy as Document;

function useVersions(app: string) {
  const { base } = useDraft();
  return useInfiniteQuery({
    queryKey: ['policy versions', app, base.etag],
    queryFn: ({ pageParam, signal }) => ask(api.GET('/v1/apps/{app}/policy/versions', { params: { path: { app }, query: { cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
}

/** Who set which version when, what differs between two of them, and the way back to one. */
export function Versions() {
  const { policy: { versions: text }, devices } = useText();
  const { app } = useDraft();
  const list = useVersions(app);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Part title={text.title} why={text.why}>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={3} />}
      {list.isSuccess && (
        <Table withTableBorder aria-label={text.title}>
          <Table.Thead><Table.Tr><Table.Th scope="col">{text.version}</Table.Th><Table.Th scope="col">{text.when}</Table.Th><Table.Th scope="col">{text.restore}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {items.map((item) => <One key={item.version} item={item} />)}
            <One item={{ appId: app, version: 0 }} />
          </Table.Tbody>
        </Table>
      )}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
      {list.isSuccess && <Compare key={items[0]?.version} items={items} />}
    </Part>
  );
}

function One({ item: { version, at, by } }: { item: Schemas['PolicyVersion'] }) {
  const { policy: { versions: text } } = useText();
  const { app, mayWrite, replace } = useDraft();
  const { perform } = useDoor();
  const restore = useMutation({ mutationFn: () => perform(() => loadVersion(app, String(version))), onSuccess: (document) => replace(document) });
  return (
    <Table.Tr>
      <Table.Th scope="row">{version === 0 ? text.defaults : version}</Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{at && <><Ago at={at} /> · {by}</>}</Table.Td>
      <Table.Td>
        {mayWrite && <Button size="compact-sm" variant="default" loading={restore.isPending} aria-label={text.restoreOf(version)} onClick={() => restore.mutate()}>{text.restore}</Button>}
        {restore.error && <Failure error={restore.error} />}
      </Table.Td>
    </Table.Tr>
  );
}

function Compare({ items }: { items: Schemas['PolicyVersion'][] }) {
  const { policy: { versions: text } } = useText();
  const { app, defaults, document, dirty } = useDraft();
  const latest = items[0]?.version ?? 0;
  const [from, setFrom] = useState(String(dirty ? latest : Math.max(0, latest - 1)));
  const [to, setTo] = useState(dirty ? draftsOwn : String(latest));
  const load = (version: string) => (version === draftsOwn ? document : loadVersion(app, version));
  const compared = useQuery({
    queryKey: ['policy compared', app, from, to, from === draftsOwn || to === draftsOwn ? document : undefined],
    queryFn: async () => {
      const [before, after] = await Promise.all([load(from), load(to)]);
      return changes(effective(defaults, before), effective(defaults, after));
    },
  });
  const options = [{ value: draftsOwn, label: text.draft }, ...items.map(({ version }) => ({ value: String(version), label: text.numbered(version) })), { value: '0', label: text.defaults }];
  return (
    <Stack gap="sm" component="section" aria-label={text.compare}>
      <Group align="end">
        <NativeSelect label={text.from} value={from} onChange={(e) => setFrom(e.target.value)} data={options} />
        <NativeSelect label={text.to} value={to} onChange={(e) => setTo(e.target.value)} data={options} />
      </Group>
      {compared.error && <Failure error={compared.error} retry={() => void compared.refetch()} />}
      {compared.data && <Diff made={compared.data} label={text.compare} />}
    </Stack>
  );
}
