import { Button, Group, Paper, Stack, Text as Words } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, type Schemas, api, askTagged } from '../../api/client';
import { Dialogue } from '../../parts/dialogue';
import { Failure } from '../../parts/failure';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { Diff } from './diff';
import { type Document, changes, effective, replay } from './document';
import { type Saved, loadPolicy, readable, useDraft } from './draft';
import classes from './policy.module.css';
import { Simulate } from './simulate';

async function save(app: string, document: Document, etag: string): Promise<Saved> {
  const put = await askTagged(api.PUT('/v1/apps/{app}/policy', { params: { path: { app }, header: { 'If-Match': etag } }, body: document as Schemas['Policy'] }));
  return { document, etag: put.etag ?? '' };
}

/** What may be done with changes that are not saved yet. */
export function Unsaved() {
  const { policy: { bar: text } } = useText();
  const draft = useDraft();
  const { made, problems, text: typed } = draft;
  const [asked, setAsked] = useState<'changes' | 'simulate' | 'save' | 'drop'>();
  const close = () => setAsked(undefined);
  const broken = typed !== undefined && !readable(typed);
  const wrong = problems.length > 0 || broken;
  return (
    <Paper className={classes.bar} component="section" aria-label={text.title} withBorder shadow="md" p="sm">
      <Group justify="space-between" gap="xs">
        <div>
          <Words fw={600} size="sm" role="status">{text.unsaved(made.length)}</Words>
          {wrong && <Words size="xs" c="var(--mantine-color-error)">{broken ? text.broken : text.wrong(problems.length)}</Words>}
        </div>
        <Group gap="xs">
          <Button size="sm" variant="default" onClick={() => setAsked('changes')}>{text.changes}</Button>
          <Button size="sm" variant="default" disabled={wrong} onClick={() => setAsked('simulate')}>{text.simulate}</Button>
          <Button size="sm" variant="default" onClick={() => setAsked('drop')}>{text.drop}</Button>
          <Button size="sm" disabled={wrong} onClick={() => setAsked('save')}>{text.save}</Button>
        </Group>
      </Group>
      {asked === 'changes' && <Changes close={close} />}
      {asked === 'simulate' && <Simulate close={close} />}
      {asked === 'drop' && <Drop close={close} />}
      {asked === 'save' && <Save close={close} simulate={() => setAsked('simulate')} />}
    </Paper>
  );
}

function Changes({ close }: { close(): void }) {
  const { policy: { bar: text } } = useText();
  const { made, problems } = useDraft();
  return (
    <Dialogue title={text.changes} close={close}>
      <Stack>
        <Diff made={made} label={text.changes} />
        {problems.map(({ field, message, rule, line, column }) => (
          <Words key={`${field}:${line}:${column}:${message}`} size="sm" c="var(--mantine-color-error)" lang="en">{rule && `${rule}: `}{line ? `${line}:${column} ` : ''}{message}</Words>
        ))}
      </Stack>
    </Dialogue>
  );
}

function Drop({ close }: { close(): void }) {
  const { policy: { bar: text }, session } = useText();
  const { drop } = useDraft();
  return (
    <Dialogue title={text.dropAsk} close={close}>
      <Group justify="end">
        <Button variant="default" onClick={close}>{session.cancel}</Button>
        <Button color="red" onClick={() => {
          drop();
          close();
        }}>{text.drop}</Button>
      </Group>
    </Dialogue>
  );
}

/** Shows what is about to be saved. Somebody else's version in between is told, and never overwritten unasked. */
function Save({ close, simulate }: { close(): void; simulate(): void }) {
  const { policy: { bar: text } } = useText();
  const { app, base, document, made, drop } = useDraft();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const put = useMutation({
    mutationFn: (etag: string) => perform(() => save(app, document, etag)),
    onSuccess: (saved) => {
      queries.setQueryData(['policy', app], (before: object | undefined) => before && { ...before, saved });
      drop();
      close();
    },
  });
  if (put.error instanceof ApiError && put.error.code === 'precondition_failed') {
    return <Conflict close={close} overwrite={put.mutate} />;
  }
  return (
    <Dialogue title={text.saveAsk} close={close}>
      <Stack>
        <Diff made={made} label={text.saveAsk} />
        {put.error && <Failure error={put.error} />}
        <Words size="sm" c="dimmed">{text.simulateFirstWhy}</Words>
        <Group justify="end">
          <Button variant="default" onClick={simulate}>{text.simulateFirst}</Button>
          <Button loading={put.isPending} onClick={() => put.mutate(base.etag)}>{text.save}</Button>
        </Group>
      </Stack>
    </Dialogue>
  );
}

function Conflict({ close, overwrite }: { close(): void; overwrite(etag: string): void }) {
  const { policy: { bar: text } } = useText();
  const { app, defaults, document, saved, made, rebase } = useDraft();
  const load = useQuery({ queryKey: ['policy in between', app], queryFn: () => loadPolicy(app), gcTime: 0, refetchOnWindowFocus: false });
  const theirs = load.data;
  return (
    <Dialogue title={text.conflict} close={close}>
      <Stack>
        <Words>{text.conflictWhy}</Words>
        {load.error && <Failure error={load.error} retry={() => void load.refetch()} />}
        {theirs && <Diff made={changes(saved, effective(defaults, theirs.document))} label={text.theirs} />}
        {theirs && (
          <Group justify="end">
            <Button variant="outline" color="red" onClick={() => {
              rebase(theirs, document);
              overwrite(theirs.etag);
            }}>{text.overwrite}</Button>
            <Button onClick={() => {
              rebase(theirs, replay(theirs.document, made, defaults));
              close();
            }}>{text.rebase}</Button>
          </Group>
        )}
      </Stack>
    </Dialogue>
  );
}
