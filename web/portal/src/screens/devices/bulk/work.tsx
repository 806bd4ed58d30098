import { Button, Group, Progress, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Failure } from '../../../parts/failure';
import { Ago } from '../../../parts/time';
import { useMay } from '../../../role';
import { useDoor } from '../../../session';
import { useLanguage, useText } from '../../../text';
import { type Incident, undo, undoable, useIncident, useIncidents } from './incidents';

/** A bulk work with how far it is, and a way back where there is one. */
export function Work({ app, begun }: { app: string; begun: Incident }) {
  const { bulk: text } = useText();
  const incident = useIncident(app, begun);
  const all = useIncidents(app).data?.items ?? [];
  const [asked, setAsked] = useState(false);
  const may = useMay('operator', app);
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <div>
          <Words fw={500}>{incident.dryRun ? text.counting : text.done[incident.action]}</Words>
          <Words size="sm" c="dimmed">“{incident.reason}” · <Ago at={incident.createdAt} /></Words>
        </div>
        {may && !asked && undoable(incident, all) && <Button size="xs" variant="default" onClick={() => setAsked(true)}>{text.undo}</Button>}
      </Group>
      <How incident={incident} />
      {asked && <Undo app={app} incident={incident} close={() => setAsked(false)} />}
    </Stack>
  );
}

/** How far it is while it goes on, and what came of it. */
export function How({ incident: { action, dryRun, finishedAt, devices, examined, matched, changed } }: { incident: Incident }) {
  const { bulk: text } = useText();
  const { language } = useLanguage();
  const count = (n: number) => n.toLocaleString(language);
  return (
    <>
      {!finishedAt && <Progress value={(100 * Math.min(examined, devices)) / Math.max(devices, 1)} aria-label={text.progress} />}
      <Words size="sm" role="status">
        {!finishedAt && text.examined(count(examined), count(Math.max(devices, examined)))}
        {!finishedAt && ' '}
        {dryRun ? text.would[action](count(changed), count(matched), count(examined)) : text.changed[action](count(changed), count(matched))}
      </Words>
    </>
  );
}

function Undo({ app, incident, close }: { app: string; incident: Incident; close(): void }) {
  const { bulk: text, device, session } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const send = useMutation({
    mutationFn: () => perform(() => undo(app, incident.incidentId, reason)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['incidents', app] });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Words size="sm">{text.undoWhy}</Words>
        <TextInput label={device.reason} description={device.reasonHint} required maxLength={255} value={reason} onChange={(e) => setReason(e.target.value)} autoFocus />
        {send.error && <Failure error={send.error} />}
        <Group justify="end">
          <Button size="xs" variant="default" onClick={close}>{session.cancel}</Button>
          <Button size="xs" type="submit" loading={send.isPending}>{text.undo}</Button>
        </Group>
      </Stack>
    </form>
  );
}
