import { Anchor, Stack, Table, Text as Words } from '@mantine/core';
import { Link } from 'wouter';
import type { Event } from '../../api/client';
import { to } from '../../parts/address';
import { type Fact, FactList } from '../../parts/facts';
import { Exactly } from '../../parts/time';
import { useText } from '../../text';
import { changes, members, told } from './changes';

/** All that was recorded of an event. */
export function Details({ event }: { event: Event }) {
  const { log: text, device: { facts } } = useText();
  const { before, after, ...rest } = (event.data ?? {}) as Record<string, unknown>;
  const changed = before !== undefined || after !== undefined;
  const recorded = members(rest).map(([path, value]): Fact => [path, told(value)]);
  return (
    <Stack gap="sm" mt="sm">
      <FactList facts={[
        [facts.at, <Exactly at={event.at} />], [text.address, event.ipAddress], [text.eventId, event.eventId], [text.place, event.seq], ...recorded,
      ]} />
      {event.erased && <Words size="sm">{text.erased}</Words>}
      {!event.erased && !changed && recorded.length === 0 && <Words size="sm" c="dimmed">{text.noDetails}</Words>}
      {changed && <Changes before={before} after={after} />}
      {event.type === 'policy.updated' && <Anchor component={Link} href={to.policy(event.appId)} size="sm">{text.versions}</Anchor>}
    </Stack>
  );
}

function Changes({ before, after }: { before: unknown; after: unknown }) {
  const { log: text } = useText();
  const all = changes(before, after);
  if (all.length === 0) {
    return <Words size="sm">{text.same}</Words>;
  }
  return (
    <Table verticalSpacing="xs" layout="fixed">
      <Table.Thead>
        <Table.Tr>{[text.member, text.before, text.after].map((name) => <Table.Th key={name} c="dimmed" fw={500} fz="sm">{name}</Table.Th>)}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {all.map((change) => (
          <Table.Tr key={change.path}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{change.path}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{told(change.before)}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{told(change.after)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
