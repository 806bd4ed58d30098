import { Button, Group, SegmentedControl, SimpleGrid, Stack, Title } from '@mantine/core';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useText } from '../../text';
import { DevicesBy } from './census';
import { of, sum, totals, useCensus, useCounted } from './counted';
import { Attempts, Decisions, Registrations, Revocations, Spared } from './history';
import { KeyNumbers } from './key_numbers';
import { type Span, spans, useSpan } from './span';
import { Countries, Reasons, Scores } from './spread';
import { Start } from './start';

/** Whether nothing at all is known of an app. As long as that is not sure, it is not. */
function useNothing(app: string, span: Span): boolean {
  const census = useCensus(app);
  const events = useCounted(app, 'event', span);
  const decided = useCounted(app, 'recommendation', span);
  const proofs = useCounted(app, 'proof', span);
  const none = census.data?.at !== undefined && census.data.devices === 0 && events.data && sum(of(events.data, 'device.registered')) === 0;
  return !!none && decided.isSuccess && totals(decided.data).length === 0 && proofs.isSuccess && totals(proofs.data).length === 0;
}

export default function Overview({ app }: { app: string }) {
  const { overview: text } = useText();
  const [span, choose] = useSpan();
  const queries = useQueryClient();
  const asking = useIsFetching({ queryKey: ['overview', app] }) > 0;
  const nothing = useNothing(app, span);
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        <Group gap="xs">
          {!nothing && <SegmentedControl aria-label={text.span} value={span} onChange={(value) => choose(value as Span)} data={(Object.keys(spans) as Span[]).map((value) => ({ value, label: text.spans[value] }))} />}
          <Button variant="default" loading={asking} onClick={() => void queries.invalidateQueries({ queryKey: ['overview', app] })}>{text.again}</Button>
        </Group>
      </Group>
      {nothing ? <Start app={app} /> : <Charts app={app} span={span} />}
    </Stack>
  );
}

function Charts(shown: { app: string; span: Span }) {
  const { overview: { charts: text }, device: { types } } = useText();
  const { app } = shown;
  const census = useCensus(app);
  return (
    <>
      <KeyNumbers {...shown} />
      <Decisions {...shown} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Registrations {...shown} />
        <Revocations {...shown} />
        <Spared {...shown} />
        <Attempts {...shown} />
        <Scores {...shown} />
        <Reasons {...shown} />
      </SimpleGrid>
      <Countries {...shown} />
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <DevicesBy app={app} from={census} kind="type" title={text.types} label={(name) => (types as Record<string, string>)[name] ?? name} by={(type) => ({ type })} />
        <DevicesBy app={app} from={census} kind="browser" title={text.browsers} />
        <DevicesBy app={app} from={census} kind="system" title={text.systems} />
      </SimpleGrid>
    </>
  );
}
