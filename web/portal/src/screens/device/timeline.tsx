import { Button, Stack, Text as Words, Timeline as Line, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type Event, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

/** What happened to a device, the latest first. */
export function Timeline({ app, id }: { app: string; id: string }) {
  const { device: text, devices } = useText();
  const list = useInfiniteQuery({
    queryKey: ['device', app, id, 'events'],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/v1/apps/{app}/devices/{device}/events', { params: { path: { app, device: id }, query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
  const events = list.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  return (
    <Stack component="section" aria-label={text.timeline}>
      <Title order={2} size="h4">{text.timeline}</Title>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      <Line bulletSize={14} lineWidth={2}>
        {events.map((event) => <Happened key={event.eventId} event={event} />)}
      </Line>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Stack>
  );
}

function Happened({ event }: { event: Event }) {
  const { events, actors, device: text } = useText();
  const { reason, recommendation, riskScore } = (event.data ?? {}) as { reason?: string; recommendation?: string; riskScore?: number };
  return (
    <Line.Item title={[events[event.type] ?? event.type, recommendation].filter(Boolean).join(': ')}>
      <Words size="sm">
        <Ago at={event.at} /> {text.by} {actors[event.actor.kind]}{event.ipAddress && `, ${event.ipAddress}`}{riskScore !== undefined && ` · ${riskScore}`}
      </Words>
      {reason && <Words size="sm">“{reason}”</Words>}
    </Line.Item>
  );
}
