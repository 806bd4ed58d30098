import { Anchor, Card, Checkbox, Code, Group, Text as Words, ThemeIcon } from '@mantine/core';
import { Link } from 'wouter';
import type { Device } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge, StatusBadge, TrustBadge } from '../../parts/badges';
import { FactList } from '../../parts/facts';
import { DeviceIcon } from '../../parts/icon';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

interface Shown {
  app: string;
  device: Device;
  chosen: boolean;
  /** Absent for who may only read. */
  choose: (() => void) | undefined;
}

/** A device as support staff ask about it. */
export function DeviceCard({ app, device, chosen, choose }: Shown) {
  const { devices, device: { facts, types } } = useText();
  return (
    <Card withBorder padding="md">
      <Group wrap="nowrap" align="start" mb="sm">
        <ThemeIcon variant="light" size="xl" color={device.status === 'blocked' ? 'red' : 'gray'}><DeviceIcon type={device.deviceType} size={24} /></ThemeIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Anchor component={Link} href={to.device(app, device.deviceId)} data-walk fw={600}>{device.deviceName}</Anchor>
          <Words size="sm" c="dimmed">{device.deviceType && types[device.deviceType]}{device.operatingSystem && ` · ${device.operatingSystem}`}</Words>
          <Group gap="xs" mt={4}>
            <StatusBadge status={device.status} />
            <TrustBadge device={device} />
          </Group>
        </div>
        {choose && <Checkbox aria-label={devices.choose(device.deviceName)} checked={chosen} onChange={choose} />}
      </Group>
      {device.block && <Words size="sm" mt="sm">“{device.block.reason}”</Words>}
      <FactList facts={[
        [facts.used, <Ago at={device.lastUsedAt} />], [facts.place, device.location],
        [facts.risk, <RiskBadge score={device.riskScore} />], [facts.keyId, device.keyId && <Code>{device.keyId}</Code>],
      ]} />
    </Card>
  );
}
