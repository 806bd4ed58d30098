import { Paper, Stack } from '@mantine/core';
import { Dialogue } from '../../../parts/dialogue';
import { Failure } from '../../../parts/failure';
import { Empty, Rows } from '../../../parts/states';
import { useText } from '../../../text';
import { useIncidents } from './incidents';
import { Work } from './work';

const shown = 30;

/** What was done to many devices lately, and what still goes on. */
export function Works({ app, close }: { app: string; close(): void }) {
  const { bulk: text } = useText();
  const list = useIncidents(app);
  const works = list.data?.items.slice(0, shown) ?? [];
  return (
    <Dialogue title={text.works} close={close}>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={3} height={80} />}
      {list.isSuccess && works.length === 0 && <Empty icon="devices">{text.none}</Empty>}
      {works.length > 0 && (
        <Stack gap="sm" component="ul" p={0} m={0} aria-label={text.works}>
          {works.map((incident) => (
            <Paper key={incident.incidentId} component="li" withBorder p="sm" style={{ listStyle: 'none' }}><Work app={app} begun={incident} /></Paper>
          ))}
        </Stack>
      )}
    </Dialogue>
  );
}
