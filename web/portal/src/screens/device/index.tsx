import { Anchor, Card, Code, Grid, Group, Stack, Table, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiError, type Device, api, ask } from '../../api/client';
import { StatusBadge, isTrusted } from '../../parts/badges';
import { Failure } from '../../parts/failure';
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
    <Stack>
      <Anchor component={Link} href={`/apps/${app}/devices`}>← {text.back}</Anchor>
      {gone && text.notThere}
      {found.error && !gone && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Shown app={app} device={found.data} />}
    </Stack>
  );
}

function Shown({ app, device }: { app: string; device: Device }) {
  const { device: text } = useText();
  return (
    <>
      <Group>
        <Title order={1} size="h2">{device.deviceName}</Title>
        <StatusBadge status={device.status} />
      </Group>
      <Actions app={app} device={device} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }}><Profile device={device} /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}><Trust device={device} /></Grid.Col>
      </Grid>
      <Timeline app={app} id={device.deviceId} />
      <details>
        <summary>{text.raw}</summary>
        <Code block>{JSON.stringify(device, null, 2)}</Code>
      </details>
    </>
  );
}

function Profile({ device }: { device: Device }) {
  const { device: { profile, facts } } = useText();
  return (
    <Facts title={profile} facts={[
      [facts.user, device.userId], [facts.type, device.deviceType], [facts.system, device.operatingSystem], [facts.browser, device.browser],
      [facts.address, device.ipAddress], [facts.place, device.location], [facts.used, <Ago at={device.lastUsedAt} />], [facts.uses, device.usageCount],
      [facts.risk, device.riskScore], [facts.registered, <Ago at={device.createdAt} />], [facts.keyId, device.keyId], [facts.storage, device.keyStorage],
    ]} />
  );
}

function Trust({ device }: { device: Device }) {
  const { device: text } = useText();
  const { facts } = text;
  const { trust, block } = device;
  const shown: [string, ReactNode][] = block
    ? [[facts.blocked, <><Ago at={block.at} /> {text.by} {block.by}</>], [text.reason, block.reason], [facts.until, block.until && <Ago at={block.until} />]]
    : [];
  if (trust) {
    shown.push(
      [facts.trustedAt, <Ago at={trust.trustedAt} />],
      [facts.trustedUntil, trust.trustedUntil ? <Ago at={trust.trustedUntil} /> : text.permanent],
      [facts.factor, trust.factor],
      [facts.revoked, trust.revokedAt && <><Ago at={trust.revokedAt} />: {trust.revokedReason}</>],
    );
  }
  return <Facts title={isTrusted(device) ? text.trust : text.notTrusted} facts={shown} />;
}

function Facts({ title, facts }: { title: string; facts: [string, ReactNode][] }) {
  return (
    <Card withBorder h="100%">
      <Title order={2} size="h4" mb="sm">{title}</Title>
      <Table variant="vertical">
        <Table.Tbody>
          {facts.filter(([, value]) => value !== undefined && value !== '' && value !== null).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w="40%">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
