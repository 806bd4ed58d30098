import { Anchor, Card, Code, CopyButton, Grid, Group, Stack, ThemeIcon, Title, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { isTrusted } from '../../api/act';
import { ApiError, type Device, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge, StatusBadge, TrustBadge } from '../../parts/badges';
import { type Fact, Facts } from '../../parts/facts';
import { Failure } from '../../parts/failure';
import { DeviceIcon } from '../../parts/icon';
import { Empty, Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { Actions } from './actions';
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
      {found.data && <Shown app={app} device={found.data} />}
    </Stack>
  );
}

function Shown({ app, device }: { app: string; device: Device }) {
  const { device: text } = useText();
  return (
    <>
      <Group gap="md" wrap="nowrap" align="start">
        <ThemeIcon variant="light" size={52} color="gray"><DeviceIcon type={device.deviceType} size={30} /></ThemeIcon>
        <div>
          <Title order={1} size="h2">{device.deviceName}</Title>
          <Group gap="xs" mt={4}>
            <Anchor component={Link} href={to.user(app, device.userId)}>{device.userId}</Anchor>
            <StatusBadge status={device.status} />
            <TrustBadge device={device} />
          </Group>
        </div>
      </Group>
      <Actions app={app} device={device} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }}><Profile device={device} /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>
            {device.block && <Blocked block={device.block} />}
            <Trust device={device} />
            <Key device={device} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Timeline app={app} id={device.deviceId} />
      <Card withBorder component="details" padding="md">
        <summary>{text.raw}</summary>
        <Code block mt="sm" tabIndex={0}>{JSON.stringify(device, null, 2)}</Code>
      </Card>
    </>
  );
}

function Profile({ device }: { device: Device }) {
  const { device: { profile, facts, types } } = useText();
  return (
    <Facts title={profile} facts={[
      [facts.type, device.deviceType && types[device.deviceType]], [facts.system, device.operatingSystem], [facts.browser, device.browser],
      [facts.address, device.ipAddress], [facts.place, device.location], [facts.used, <Ago at={device.lastUsedAt} />], [facts.uses, device.usageCount],
      [facts.risk, <RiskBadge score={device.riskScore} />], [facts.registered, <Ago at={device.createdAt} />],
    ]} />
  );
}

function Key({ device }: { device: Device }) {
  const { device: { key, facts, copy, copied } } = useText();
  return (
    <Facts title={key} facts={[
      [facts.keyId, device.keyId && (
        <Group gap="xs" wrap="nowrap" align="start">
          <Code>{device.keyId}</Code>
          <CopyButton value={device.keyId}>
            {(clipboard) => <UnstyledButton fz="sm" td="underline" flex="none" onClick={clipboard.copy}>{clipboard.copied ? copied : copy}</UnstyledButton>}
          </CopyButton>
        </Group>
      )],
      [facts.storage, device.keyStorage],
    ]} />
  );
}

function Blocked({ block }: { block: NonNullable<Device['block']> }) {
  const { device: text } = useText();
  return <Facts title={text.facts.blocked} facts={[
    [text.reason, block.reason], [text.facts.at, <Ago at={block.at} />], [text.facts.by, block.by], [text.facts.until, block.until && <Ago at={block.until} />],
  ]} />;
}

function Trust({ device }: { device: Device }) {
  const { device: text } = useText();
  const { facts } = text;
  const { trust } = device;
  const shown: Fact[] = trust ? [
    [facts.trustedAt, <Ago at={trust.trustedAt} />],
    [facts.trustedUntil, trust.trustedUntil ? <Ago at={trust.trustedUntil} /> : text.permanent],
    [facts.factor, trust.factor],
    [facts.revoked, trust.revokedAt && <><Ago at={trust.revokedAt} />: {trust.revokedReason}</>],
  ] : [];
  return <Facts title={isTrusted(device) ? text.trust : text.notTrusted} facts={shown} empty={text.neverTrusted} />;
}
