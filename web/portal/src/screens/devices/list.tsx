import { Anchor, Checkbox, Group, Paper, Stack, Table, Text as Words, ThemeIcon, VisuallyHidden } from '@mantine/core';
import { Link } from 'wouter';
import type { Device } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge, StatusBadge, TrustBadge } from '../../parts/badges';
import { DeviceIcon } from '../../parts/icon';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { type Column, cells } from './columns';

export interface Choice {
  chosen: ReadonlySet<string>;
  toggle(id: string): void;
}

interface Shown {
  app: string;
  items: Device[];
  /** Absent for who may only read. */
  choice: Choice | undefined;
}

/** A device by its name and icon; leads to its page. */
function Name({ app, device }: { app: string; device: Device }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <ThemeIcon variant="light" size="lg" color="gray"><DeviceIcon type={device.deviceType} /></ThemeIcon>
      <div>
        <Anchor component={Link} href={to.device(app, device.deviceId)} data-walk fw={500}>{device.deviceName}</Anchor>
        {device.operatingSystem && <Words size="xs" c="dimmed">{device.operatingSystem}</Words>}
      </div>
    </Group>
  );
}

function Choose({ device, choice: { chosen, toggle } }: { device: Device; choice: Choice }) {
  const { devices } = useText();
  return <Checkbox aria-label={devices.choose(device.deviceName)} checked={chosen.has(device.deviceId)} onChange={() => toggle(device.deviceId)} />;
}

export function List({ app, items, choice, columns }: Shown & { columns: Column[] }) {
  const text = useText();
  const { devices: { columns: names, chosenColumn } } = text;
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={260 + 110 * columns.length}>
        <Table verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              {choice && <Table.Th w={36}><VisuallyHidden>{chosenColumn}</VisuallyHidden></Table.Th>}
              {(['device', ...columns] as const).map((name) => <Table.Th key={name} c="dimmed" fw={500} fz="sm">{names[name]}</Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((device) => (
              <Table.Tr key={device.deviceId}>
                {choice && <Table.Td><Choose device={device} choice={choice} /></Table.Td>}
                <Table.Td><Name app={app} device={device} /></Table.Td>
                {columns.map((name) => <Table.Td key={name}>{cells[name]?.(device, text) || '–'}</Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

/** The list where a table has no room. */
export function Cards({ app, items, choice }: Shown) {
  return (
    <Stack gap="sm">
      {items.map((device) => (
        <Paper key={device.deviceId} withBorder p="sm">
          <Group justify="space-between" wrap="nowrap" align="start">
            <Name app={app} device={device} />
            <Group gap="sm" wrap="nowrap">
              <RiskBadge score={device.riskScore} />
              {choice && <Choose device={device} choice={choice} />}
            </Group>
          </Group>
          <Group gap="xs" mt="xs">
            <Anchor component={Link} href={to.user(app, device.userId)} c="inherit" size="sm" style={{ overflowWrap: 'anywhere' }}>{device.userId}</Anchor>
            <StatusBadge status={device.status} />
            <TrustBadge device={device} />
          </Group>
          <Words size="sm" c="dimmed" mt={4}><Ago at={device.lastUsedAt} />{device.location && ` · ${device.location}`}</Words>
        </Paper>
      ))}
    </Stack>
  );
}
