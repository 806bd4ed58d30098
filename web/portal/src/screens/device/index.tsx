import { Anchor, Grid, Group, Stack, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ApiError, type Device, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { StatusBadge, TrustBadge } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { DeviceIcon } from '../../parts/icon';
import { Empty, Rows } from '../../parts/states';
import { useText } from '../../text';
import { useOfDevice } from '../decisions/query';
import { Actions } from './actions';
import { Blocked, Key, Profile, Trust } from './facts';
import { Places } from './places';
import { Properties } from './properties';
import { Raw } from './raw';
import { Related } from './related';
import { RiskOverTime } from './risk';
import { Timeline } from './timeline';

export default function DevicePage({ app, id }: { app: string; id: string }) {
  const { device: text } = useText();
  const found = useQuery({
    queryKey: ['device', app, id],
    queryFn: () => ask(api.GET('/v1/apps/{app}/devices/{device}', { params: { path: { app, device: id } } })),
  });
  const gone = found.error instanceof ApiError && found.error.code === 'device_unknown';
  return (
    <Stack gap="lg">
      <Anchor component={Link} href={to.devices(app)} size="sm">← {text.back}</Anchor>
      {found.isPending && <Rows count={3} height={160} />}
      {gone && <Empty icon="devices">{text.notThere}</Empty>}
      {found.error && !gone && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && !gone && <Shown key={id} app={app} device={found.data} />}
    </Stack>
  );
}

function Shown({ app, device }: { app: string; device: Device }) {
  const decisions = useOfDevice(app, device.deviceId);
  return (
    <>
      <Heading app={app} device={device} />
      <Actions app={app} device={device} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }}><Profile device={device} /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>
            {device.block && <Blocked block={device.block} />}
            <Trust device={device} />
            <Key app={app} device={device} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}><RiskOverTime app={app} device={device.deviceId} decisions={decisions} /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}><Places decisions={decisions} /></Grid.Col>
      </Grid>
      <Timeline app={app} id={device.deviceId} />
      <Related app={app} device={device} />
      <Properties app={app} device={device} />
      <Raw device={device} />
    </>
  );
}

function Heading({ app, device }: { app: string; device: Device }) {
  const { device: text } = useText();
  return (
    <Group gap="md" wrap="nowrap" align="start">
      <ThemeIcon variant="light" size={52} color="gray"><DeviceIcon type={device.deviceType} size={30} /></ThemeIcon>
      <div style={{ minWidth: 0 }}>
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>{device.deviceName}</Title>
        <Group gap="xs" mt={4}>
          <Anchor component={Link} href={to.user(app, device.userId)} style={{ overflowWrap: 'anywhere' }}>{device.userId}</Anchor>
          <StatusBadge status={device.status} />
          <TrustBadge device={device} />
          <Anchor component={Link} href={`${to.decisions(app)}?${new URLSearchParams({ device: device.deviceId })}`} size="sm">{text.decisions}</Anchor>
        </Group>
      </div>
    </Group>
  );
}
