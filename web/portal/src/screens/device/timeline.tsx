import { Anchor, Button, Card, Group, Text as Words, Timeline as Line, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useAdminNames } from '../../api/admins';
import { type Event, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { RecommendationBadge } from '../../parts/recommendation';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { type Text, useText } from '../../text';

/** What happened to a device, the latest first. */
export function Timeline({ app, id }: { app: string; id: string }) {
  const words = useText();
  const { device: text, devices } = words;
  const list = useInfiniteQuery({
    queryKey: ['device', app, id, 'events'],
    queryFn: ({ pageParam }) => ask(api.GET('/v1/apps/{app}/devices/{device}/events', { params: { path: { app, device: id }, query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
  const admins = useAdminNames();
  const events = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.timeline}>
      <Title order={2} size="h4" mb="md">{text.timeline}</Title>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={3} />}
      <Line role="list" bulletSize={14} lineWidth={2} active={events.length}>
        {events.map((event) => happened({ app, event, who: admins.get(event.actor.id ?? '') }, words))}
      </Line>
      {list.hasNextPage && <Button mt="md" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
    </Card>
  );
}

const colours: Record<string, string> = { 'device.blocked': 'red', 'device.removed': 'red', 'device.distrusted': 'yellow', 'device.decided': 'gray' };

interface Happened {
  app: string;
  event: Event;
  /** The name of the admin who did it, as far as it may be read. */
  who: string | undefined;
}

/** An entry itself, not a component around it: the timeline hands its entries what they look like. */
function happened({ app, event, who }: Happened, { events, actors, device: text }: Text) {
  const { reason, recommendation, score } = (event.data ?? {}) as { reason?: string; recommendation?: string; score?: number };
  const name = events[event.type] ?? event.type;
  const decided = event.type === 'device.decided' && !event.erased;
  const title = (
    <Group gap="xs">
      {decided ? <Anchor component={Link} href={to.decision(app, String(event.eventId))} data-walk>{name}</Anchor> : <span>{name}</span>}
      {recommendation && <RecommendationBadge says={recommendation} />}
    </Group>
  );
  return (
    <Line.Item key={event.eventId} role="listitem" title={title} color={colours[event.type]}>
      <Words size="sm" c="dimmed" component="div">
        <Ago at={event.at} /> {text.by} {actors[event.actor.kind]}{who && ` (${who})`}{event.ipAddress && ` · ${event.ipAddress}`}{score !== undefined && ` · ${text.riskShort} ${score}`}
      </Words>
      {reason && <Words size="sm">“{reason}”</Words>}
    </Line.Item>
  );
}
