import { Button, Group, Loader, NativeSelect, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Dialogue } from '../../../parts/dialogue';
import { Failure } from '../../../parts/failure';
import { useDoor } from '../../../session';
import { useLanguage, useText } from '../../../text';
import type { Match } from '../view';
import { type Incident, begin, useIncident } from './incidents';
import { How, Work } from './work';

export const actions = ['block', 'distrust'] as const;
type Action = (typeof actions)[number];

interface Asked {
  app: string;
  match: Match;
  close(): void;
}

/** Does something to all devices that match: counts them first, then asks why, then shows how far it is. */
export function Bulk({ app, match, close }: Asked) {
  const { bulk: text } = useText();
  const [action, setAction] = useState<Action>('block');
  const [begun, setBegun] = useState<Incident>();
  return (
    <Dialogue title={text.title} close={close}>
      {begun ? (
        <Stack>
          <Work app={app} begun={begun} />
          <Words size="sm" c="dimmed">{text.goesOn}</Words>
          <Group justify="end"><Button variant="default" onClick={close}>{text.close}</Button></Group>
        </Stack>
      ) : (
        <Stack>
          <NativeSelect label={text.what} value={action} onChange={(e) => setAction(e.target.value as Action)}>
            {actions.map((name) => <option key={name} value={name}>{text.verbs[name]}</option>)}
          </NativeSelect>
          <Preview key={action} app={app} match={match} action={action} begun={setBegun} />
        </Stack>
      )}
    </Dialogue>
  );
}

/** The count of just now. It is a work of its own that changes nothing. */
function Preview({ app, match, action, begun }: Omit<Asked, 'close'> & { action: Action; begun(incident: Incident): void }) {
  const { bulk: text } = useText();
  const counting = useQuery({
    queryKey: ['bulk', app, action, match],
    queryFn: () => begin(app, { match, action, reason: text.countReason, dryRun: true }),
    gcTime: 0, staleTime: Infinity, retry: false,
  });
  if (counting.error) {
    return <Failure error={counting.error} retry={() => void counting.refetch()} />;
  }
  return counting.data ? <Counted app={app} counting={counting.data} begun={begun} /> : <Loader size="sm" aria-label={text.counting} />;
}

function Counted({ app, counting, begun }: { app: string; counting: Incident; begun(incident: Incident): void }) {
  const { bulk: text, device } = useText();
  const { perform } = useDoor();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const counted = useIncident(app, counting);
  const [reason, setReason] = useState('');
  const act = useMutation({
    mutationFn: () => perform(() => begin(app, { match: counted.match, action: counted.action, reason })),
    onSuccess: async (incident) => {
      begun(incident);
      await queries.invalidateQueries({ queryKey: ['incidents', app] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <div><How incident={counted} /></div>
        {counted.finishedAt && counted.changed > 0 && (
          <>
            <Words size="sm">{counted.action === 'block' ? text.whyBlock : text.whyDistrust}</Words>
            <TextInput label={device.reason} description={device.reasonHint} required maxLength={255} value={reason} onChange={(e) => setReason(e.target.value)} autoFocus />
            {act.error && <Failure error={act.error} />}
            <Group justify="end">
              <Button type="submit" color={counted.action === 'block' ? 'red' : undefined} loading={act.isPending}>
                {text.do[counted.action](counted.changed.toLocaleString(language), counted.changed)}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}
