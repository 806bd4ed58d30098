import { Anchor, Badge, Button, Group, NativeSelect, Paper, Stack, Switch, Text as Words, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { type Event, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { Icon } from '../../parts/icon';
import { Empty, Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useMay } from '../../role';
import { useText } from '../../text';
import classes from './log.module.css';

const count = 200; // as many as the service gives at once

/** What happened last in an app, the latest first, and who did it. */
export default function Log({ app }: { app: string }) {
  const { log: text, events: names } = useText();
  const [typed, setTyped] = useState('');
  const [type, setType] = useState('');
  const [changes, setChanges] = useState(true);
  const list = useQuery({
    queryKey: ['log', app],
    queryFn: () => ask(api.GET('/v1/apps/{app}/events', { params: { path: { app }, query: { latest: count } } })),
  });
  const admins = useAdminNames();
  const all = list.data?.items ?? [];
  const shown = all.filter((event) => (type ? event.type === type : !changes || event.type !== 'device.decided') && says(event, typed.trim())).reverse();
  const types = [...new Set(all.map((event) => event.type))].sort();
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">{text.title}</Title>
          <Words c="dimmed" size="sm">{text.extent(count)}</Words>
        </div>
        <Button variant="default" loading={list.isRefetching} onClick={() => void list.refetch()}>{text.again}</Button>
      </Group>
      <Group align="end">
        <TextInput type="search" label={text.search} flex={1} miw={220} value={typed} leftSection={<Icon name="search" size={18} />} onChange={(e) => setTyped(e.target.value)} />
        <NativeSelect label={text.type} value={type} onChange={(e) => setType(e.target.value)}>
          <option value="">{text.anyType}</option>
          {types.map((name) => <option key={name} value={name}>{names[name] ?? name}</option>)}
        </NativeSelect>
        <Switch label={text.changes} checked={changes} disabled={type !== ''} onChange={(e) => setChanges(e.target.checked)} mb={8} />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows />}
      {list.isSuccess && shown.length === 0 && <Empty icon="log">{all.length > 0 ? text.none : text.empty}</Empty>}
      {shown.length > 0 && <Paper withBorder component="ul" aria-label={text.title} m={0} p={0}>{shown.map((event) => <Line key={event.eventId} app={app} event={event} admins={admins} />)}</Paper>}
    </Stack>
  );
}

/** Names by id, for who may read them. */
function useAdminNames(): ReadonlyMap<string, string> {
  const enabled = useMay('admin');
  const { data } = useQuery({ queryKey: ['admins', 'names'], enabled, queryFn: () => ask(api.GET('/v1/admins', { params: { query: { limit: 200 } } })) });
  return new Map(data?.items.map(({ adminId, name }) => [adminId, name]));
}

function says({ userId, actor, data }: Event, wanted: string): boolean {
  return !wanted || [userId, actor.id, JSON.stringify(data)].some((text) => text?.toLowerCase().includes(wanted.toLowerCase()));
}

function Line({ app, event, admins }: { app: string; event: Event; admins: ReadonlyMap<string, string> }) {
  const { events: names, actors, device: text } = useText();
  const { actor } = event;
  const { reason, recommendation, name, login } = (event.data ?? {}) as Record<string, string | undefined>;
  return (
    <Group component="li" px="md" py="sm" justify="space-between" align="start" gap="xs" className={classes.line}>
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Group gap="xs">
          <Words fw={500}>{names[event.type] ?? event.type}</Words>
          {recommendation && <Badge variant="light" color="gray">{recommendation}</Badge>}
          {event.userId && <Anchor component={Link} href={to.user(app, event.userId)} data-walk>{event.userId}</Anchor>}
          {event.deviceId && <Anchor component={Link} href={to.device(app, event.deviceId)} size="sm">{text.profile}</Anchor>}
          {(name ?? login) && <Words>{name ?? login}</Words>}
        </Group>
        {reason && <Words size="sm">“{reason}”</Words>}
      </div>
      <Words size="sm" c="dimmed" component="div"><Ago at={event.at} /> {text.by} {actors[actor.kind]}{actor.kind === 'admin' && actor.id && ` (${admins.get(actor.id) ?? actor.id})`}</Words>
    </Group>
  );
}
