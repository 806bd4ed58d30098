import { Anchor, Group, Text as Words, UnstyledButton } from '@mantine/core';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import type { Event } from '../../api/client';
import { to } from '../../parts/address';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { Details } from './details';
import classes from './log.module.css';

/** A line of the log; opens to all that was recorded. */
export function Entry({ event, admins }: { event: Event; admins: ReadonlyMap<string, string> }) {
  const { events: names, actors, device: text, log } = useText();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const { actor } = event;
  const { reason, name, login, deviceName } = (event.data ?? {}) as Record<string, string | undefined>;
  const subject = name ?? login ?? deviceName;
  return (
    <li className={classes.line}>
      <Group justify="space-between" align="start" gap="xs">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Group gap="xs">
            <Words fw={500}>{names[event.type] ?? event.type}</Words>
            <Links event={event} />
            {subject && <Words>{subject}</Words>}
          </Group>
          {reason && <Words size="sm">“{reason}”</Words>}
        </div>
        <Group gap="sm">
          <Words size="sm" c="dimmed" component="div">
            <Ago at={event.at} /> {text.by} {actors[actor.kind]}{actor.kind !== 'client' && actor.id && ` (${admins.get(actor.id) ?? actor.id})`}
          </Words>
          <UnstyledButton fz="sm" td="underline" aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>{log.details}</UnstyledButton>
        </Group>
      </Group>
      <div id={id}>{opened && <Details event={event} />}</div>
    </li>
  );
}

/** To what the event is about. */
function Links({ event: { appId, userId, deviceId } }: { event: Event }) {
  const { device: text } = useText();
  return (
    <>
      {userId && <Anchor component={Link} href={to.user(appId, userId)} data-walk>{userId}</Anchor>}
      {deviceId && <Anchor component={Link} href={to.device(appId, deviceId)} size="sm">{text.profile}</Anchor>}
    </>
  );
}
