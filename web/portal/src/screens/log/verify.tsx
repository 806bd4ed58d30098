import { Alert, Button, Group, Progress, Stack, Text as Words } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { useDoor } from '../../session';
import { useText } from '../../text';

type Part = Schemas['LogCheck'];

interface Checked {
  events: number;
  prunedTo: number;
  problem: string | undefined;
}

/** Holds the whole log of an app against the chain that it was sealed in, part by part. */
export function Verify({ app }: { app: string }) {
  const { log: text } = useText();
  const [at, setAt] = useState<Part>();
  const { perform } = useDoor();
  const leaving = useRef<AbortController>(undefined);
  const check = useMutation({
    mutationFn: () => {
      const { signal } = (leaving.current = new AbortController());
      return perform(() => verified(app, signal, setAt));
    },
    onMutate: () => setAt(undefined),
  });
  useEffect(() => () => leaving.current?.abort(), []);
  const { data } = check;
  return (
    <Stack gap="xs" align="start">
      <Group gap="md">
        <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>{text.verify}</Button>
        <Words size="sm" role="status">
          {check.isPending && at && text.verifying(at.seq, at.lastSeq)}
          {data && !data.problem && text.intact(data.events)} {data && !data.problem && data.prunedTo > 0 && text.pruned(data.prunedTo)}
        </Words>
      </Group>
      {check.isPending && <Progress w="100%" value={at ? (100 * at.seq) / Math.max(at.lastSeq, 1) : 0} aria-label={text.verify} />}
      {data?.problem && <Alert w="100%" color="red" variant="light" role="alert" title={text.broken}><span lang="en">{data.problem}</span></Alert>}
      {check.error && <Failure error={check.error} retry={() => check.mutate()} byHand />}
    </Stack>
  );
}

async function verified(app: string, signal: AbortSignal, tell: (part: Part) => void): Promise<Checked> {
  const all: Checked = { events: 0, prunedTo: 0, problem: undefined };
  let after: string | undefined;
  do {
    const part = await ask(api.GET('/v1/apps/{app}/events/verify', { params: { path: { app }, query: { after } }, signal }));
    signal.throwIfAborted();
    tell(part);
    all.events += part.events;
    all.prunedTo = Math.max(all.prunedTo, part.prunedTo ?? 0);
    all.problem = part.intact ? undefined : (part.problem ?? `${part.seq}`);
    after = all.problem === undefined ? part.nextCursor || undefined : undefined;
  } while (after);
  return all;
}
