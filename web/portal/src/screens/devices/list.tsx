import { Anchor, Group, Paper, Stack, Table, Text as Words, ThemeIcon } from '@mantine/core';
import { Link } from 'wouter';
import { isTrusted } from '../../api/act';
import type { Device } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge, StatusBadge, TrustBadge } from '../../parts/badges';
import { DeviceIcon } from '../../parts/icon';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

interface Shown {
  app: string;
  items: Device[];
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

export function List({ app, items }: Shown) {
  const { devices: { columns } } = useText();
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>{Object.values(columns).map((name) => <Table.Th key={name} c="dimmed" fw={500} fz="sm">{name}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((device) => (
              <Table.Tr key={device.deviceId}>
                <Table.Td><Name app={app} device={device} /></Table.Td>
                <Table.Td><Anchor component={Link} href={to.user(app, device.userId)} c="inherit">{device.userId}</Anchor></Table.Td>
                <Table.Td><StatusBadge status={device.status} /></Table.Td>
                <Table.Td>{isTrusted(device) ? <TrustBadge device={device} /> : '–'}</Table.Td>
                <Table.Td><Ago at={device.lastUsedAt} /></Table.Td>
                <Table.Td>{device.location || '–'}</Table.Td>
                <Table.Td><RiskBadge score={device.riskScore} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

/** The list where a table has no room. */
export function Cards({ app, items }: Shown) {
  return (
    <Stack gap="sm">
      {items.map((device) => (
        <Paper key={device.deviceId} withBorder p="sm">
          <Group justify="space-between" wrap="nowrap" align="start">
            <Name app={app} device={device} />
            <RiskBadge score={device.riskScore} />
          </Group>
          <Group gap="xs" mt="xs">
            <Anchor component={Link} href={to.user(app, device.userId)} c="inherit" size="sm">{device.userId}</Anchor>
            <StatusBadge status={device.status} />
            <TrustBadge device={device} />
          </Group>
          <Words size="sm" c="dimmed" mt={4}><Ago at={device.lastUsedAt} />{device.location && ` · ${device.location}`}</Words>
        </Paper>
      ))}
    </Stack>
  );
}
