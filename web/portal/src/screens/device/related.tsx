import { Anchor, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Device, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { StatusBadge, TrustBadge } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { DeviceIcon } from '../../parts/icon';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

/** Other users on the same key, and other devices on the same hardware. */
export function Related({ app, device: { deviceId } }: { app: string; device: Device }) {
  const { device: text } = useText();
  const found = useQuery({
    queryKey: ['device', app, deviceId, 'related'],
    queryFn: () => ask(api.GET('/v1/apps/{app}/devices/{device}/related', { params: { path: { app, device: deviceId } } })),
  });
  const { sameKey = [], sameHardware = [] } = found.data ?? {};
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.related}>
      <Title order={2} size="h4" mb="sm">{text.related}</Title>
      {found.isPending && <Rows count={1} />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && sameKey.length + sameHardware.length === 0 && <Words>{text.noRelated}</Words>}
      <Stack gap="md">
        {sameKey.length > 0 && <Others app={app} title={text.sameKey} devices={sameKey} />}
        {sameHardware.length > 0 && <Others app={app} title={text.sameHardware} devices={sameHardware} />}
      </Stack>
    </Card>
  );
}

function Others({ app, title, devices }: { app: string; title: string; devices: Device[] }) {
  return (
    <div>
      <Title order={3} size="h6" mb="xs">{title}</Title>
      <Stack gap="xs">
        {devices.map((device) => (
          <Group key={device.deviceId} gap="sm">
            <DeviceIcon type={device.deviceType} />
            <Anchor component={Link} href={to.device(app, device.deviceId)}>{device.deviceName}</Anchor>
            <Anchor component={Link} href={to.user(app, device.userId)} c="inherit" style={{ overflowWrap: 'anywhere' }}>{device.userId}</Anchor>
            <StatusBadge status={device.status} />
            <TrustBadge device={device} />
            <Words size="sm" c="dimmed" component="div"><Ago at={device.lastUsedAt ?? device.createdAt} /></Words>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
