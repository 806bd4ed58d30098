import { Button, Group, NativeSelect, Progress as Bar, Stack, Table, Text as Words } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Dialogue } from '../../parts/dialogue';
import { Failure } from '../../parts/failure';
import { RecommendationBadge } from '../../parts/recommendation';
import { useDoor } from '../../session';
import { useLanguage, useText } from '../../text';
import { useDraft } from './draft';
import { type Progress, type Result, simulate } from './simulation';

/** What the draft would have made of recorded decisions. */
export function Simulate({ close }: { close(): void }) {
  const { policy: { simulation: text } } = useText();
  const { app, document } = useDraft();
  const { perform } = useDoor();
  const [days, setDays] = useState(30);
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<AbortController>(undefined);
  const run = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      setProgress(undefined);
      return perform(() => simulate({ app, policy: document, days, signal: stop.current!.signal, tell: setProgress }));
    },
  });
  useEffect(() => () => stop.current?.abort(), []);
  return (
    <Dialogue title={text.title} close={close}>
      <Stack>
        <Words size="sm">{text.why}</Words>
        <Group align="end">
          <NativeSelect label={text.span} value={days} onChange={(e) => setDays(Number(e.target.value))} data={[1, 7, 30, 90].map((n) => ({ value: String(n), label: text.days(n) }))} />
          <Button loading={run.isPending} onClick={() => run.mutate()} data-autofocus>{text.run}</Button>
        </Group>
        {run.isPending && <Bar.Root><Bar.Section value={progress?.percent ?? 0} aria-label={text.progress} animated /></Bar.Root>}
        {run.isPending && progress && <Words size="sm" role="status">{text.soFar(progress.decisions)}</Words>}
        {run.error && <Failure error={run.error} />}
        {run.data && <Outcome result={run.data} />}
      </Stack>
    </Dialogue>
  );
}

const answers = ['trust', 'allow', 'challenge', 'deny'] as const;

function Outcome({ result }: { result: Result }) {
  const { policy: { simulation: text } } = useText();
  const { language } = useLanguage();
  const write = (n: number) => n.toLocaleString(language);
  const { decisions, changed, gone, present, proposed, limits } = result;
  if (decisions === 0) {
    return <Words role="status">{text.none}</Words>;
  }
  const factors = proposed.skipped - present.skipped;
  return (
    <Stack gap="sm" role="status">
      <Words fw={500}>{changed === 0 ? text.nothing(write(decisions)) : text.changed(write(changed), write(decisions))}</Words>
      {factors !== 0 && <Words size="sm">{factors < 0 ? text.moreFactors(write(-factors)) : text.fewerFactors(write(factors))}</Words>}
      {proposed.losses > 0 && <Words size="sm">{text.losses(proposed.losses)}</Words>}
      {limits.users > 0 && <Words size="sm">{text.over(limits.users, limits.devices)}</Words>}
      {gone > 0 && <Words size="sm" c="dimmed">{text.gone(gone)}</Words>}
      {result.truncated && <Words size="sm" c="dimmed">{text.truncated}</Words>}
      <Table aria-label={text.answers}>
        <Table.Thead><Table.Tr><Table.Th scope="col">{text.answer}</Table.Th><Table.Th scope="col">{text.present}</Table.Th><Table.Th scope="col">{text.proposed}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {answers.map((name) => <Row key={name} name={<RecommendationBadge says={name.toUpperCase()} />} cells={[write(present[name]), write(proposed[name])]} />)}
          <Row name={text.skipped} cells={[write(present.skipped), write(proposed.skipped)]} />
        </Table.Tbody>
      </Table>
      <Moves result={result} />
    </Stack>
  );
}

function Moves({ result: { moves, rules } }: { result: Result }) {
  const { policy: { simulation: text, modes } } = useText();
  return (
    <>
      {moves.length > 0 && (
        <Table aria-label={text.moves}>
          <Table.Thead><Table.Tr><Table.Th scope="col">{text.moves}</Table.Th><Table.Th scope="col">{text.howMany}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{moves.map(({ from, to, count }) => <Row key={from + to} name={from === to ? text.onlyFactor(from) : `${from} → ${to}`} cells={[count]} />)}</Table.Tbody>
        </Table>
      )}
      {rules.length > 0 && (
        <Table aria-label={text.rules}>
          <Table.Thead><Table.Tr><Table.Th scope="col">{text.rules}</Table.Th><Table.Th scope="col">{text.howMany}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{rules.map(({ name, mode, matches }) => <Row key={name} name={`${name} (${modes[mode] ?? mode})`} cells={[matches]} />)}</Table.Tbody>
        </Table>
      )}
    </>
  );
}

function Row({ name, cells }: { name: React.ReactNode; cells: (string | number)[] }) {
  return <Table.Tr><Table.Th scope="row" fw={400}>{name}</Table.Th>{cells.map((cell, i) => <Table.Td key={i}>{cell}</Table.Td>)}</Table.Tr>;
}
