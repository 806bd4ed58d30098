import { Button, Group, Stack, Text as Words, Title } from '@mantine/core';
import { Failure } from '../../parts/failure';
import { usePhone } from '../../parts/phone';
import { Empty, Rows } from '../../parts/states';
import { useMay } from '../../role';
import { useText } from '../../text';
import { Works } from './bulk/works';
import { Chosen, useChosen } from './chosen';
import { ColumnMenu, useColumns } from './columns';
import { Export } from './export';
import { Filters } from './filters';
import { Cards, List } from './list';
import { useDevices } from './pages';
import { useView } from './view';

export default function Devices({ app }: { app: string }) {
  const { devices: text, bulk } = useText();
  const view = useView();
  const list = useDevices(app, view.filter);
  const columns = useColumns();
  const phone = usePhone();
  const choice = useChosen(list.items);
  const may = useMay('operator', app);
  const shown = { app, items: list.items, choice: may ? choice : undefined };
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        <Group gap="xs">
          <Button variant="default" onClick={() => view.change({ bulk: 'open' })}>{bulk.works}</Button>
          {!phone && <ColumnMenu {...columns} />}
          <Export app={app} filter={view.filter} />
        </Group>
      </Group>
      <Filters view={view} />
      {may && <Chosen app={app} items={list.items} filter={view.filter} view={view} choice={choice} />}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows height={phone ? 96 : 52} />}
      {list.items.length > 0 && (phone ? <Cards {...shown} /> : <List {...shown} columns={columns.chosen} />)}
      <End view={view} list={list} />
      {view.of('bulk') && <Works app={app} close={() => view.change({ bulk: '' })} />}
    </Stack>
  );
}

/** How the list ends: with nothing found, or with a way to go on. */
function End({ view, list }: { view: ReturnType<typeof useView>; list: ReturnType<typeof useDevices> }) {
  const { devices: text } = useText();
  if (list.searching) {
    return list.items.length > 0 || !list.isPending ? <Rows count={1} /> : null;
  }
  if (list.hasNextPage) {
    return (
      <Stack gap="xs">
        {list.items.length === 0 && <Words role="status">{text.soFar}</Words>}
        <Button variant="default" loading={list.isFetchingNextPage} onClick={list.more}>{list.items.length === 0 ? text.goOn : text.more}</Button>
      </Stack>
    );
  }
  return list.isSuccess && list.items.length === 0 ? <Empty icon="devices">{view.set.length > 0 ? text.none : text.empty}</Empty> : null;
}
