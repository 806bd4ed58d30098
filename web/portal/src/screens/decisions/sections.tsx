import { Anchor, Badge, Card, Group, List, Stack, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiError, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { StatusBadge, TrustBadge } from '../../parts/badges';
import { FactList } from '../../parts/facts';
import { Failure } from '../../parts/failure';
import { DeviceIcon } from '../../parts/icon';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { PlaceMap } from './map';
import type { Decision } from './query';

interface Of {
  app: string;
  decision: Decision;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section" aria-label={title}>
      <Title order={2} size="h4" mb="sm">{title}</Title>
      {children}
    </Card>
  );
}

/** Where the request came from. */
export function Where({ decision: { place, ipAddress } }: { decision: Decision }) {
  const { decisions: text } = useText();
  const { facts } = text;
  return (
    <Section title={text.place}>
      {place && <PlaceMap places={[place]} />}
      <FactList facts={[
        [facts.location, place?.location || place?.country], [facts.address, ipAddress],
        [facts.network, [place?.network, place?.asn && `AS${place.asn}`].filter(Boolean).join(', ')],
        [facts.zone, place?.timeZone], [facts.anonymous, place?.anonymous ? text.yes : undefined],
      ]} />
      {!place && <Words size="sm">{text.noPlace}</Words>}
    </Section>
  );
}

/** The device that was decided about, as it is now. */
export function Its({ app, decision: { deviceId } }: Of) {
  const { decisions: text, device: { facts } } = useText();
  const found = useQuery({
    queryKey: ['device', app, deviceId],
    queryFn: () => ask(api.GET('/v1/apps/{app}/devices/{device}', { params: { path: { app, device: deviceId } } })),
  });
  const gone = found.error instanceof ApiError && found.error.code === 'device_unknown';
  const device = found.data;
  return (
    <Section title={text.device}>
      {found.isPending && <Rows count={1} height={90} />}
      {gone && <Words>{text.deviceGone}</Words>}
      {found.error && !gone && <Failure error={found.error} retry={() => void found.refetch()} />}
      {device && (
        <Stack gap="sm">
          <Group gap="sm"><DeviceIcon type={device.deviceType} /><Anchor component={Link} href={to.device(app, deviceId)} fw={500}>{device.deviceName}</Anchor></Group>
          <FactList facts={[
            [text.facts.status, <Group gap="xs"><StatusBadge status={device.status} /><TrustBadge device={device} /></Group>],
            [facts.used, device.lastUsedAt && <Ago at={device.lastUsedAt} />],
          ]} />
        </Stack>
      )}
      <Anchor component={Link} href={`${to.decisions(app)}?${new URLSearchParams({ device: deviceId })}`} size="sm" display="block" mt="sm">{text.all}</Anchor>
    </Section>
  );
}

/** The policy's rules that held, in production and in preview. */
export function Rules({ app, decision: { rules = [], previews = [] } }: Of) {
  const { decisions: text } = useText();
  const held = [...rules.map((name) => ({ name, counted: true })), ...previews.map((name) => ({ name, counted: false }))];
  return (
    <Section title={text.rules}>
      {held.length === 0 && <Words>{text.noRules}</Words>}
      <List listStyleType="none">
        {held.map(({ name, counted }) => (
          <List.Item key={`${counted} ${name}`} mb={4}>
            <Group gap="xs"><span>{name}</span><Badge variant="light" color={counted ? 'teal' : 'gray'} tt="none">{counted ? text.production : text.preview}</Badge></Group>
          </List.Item>
        ))}
      </List>
      <Anchor component={Link} href={to.policy(app)} size="sm" display="block" mt="sm">{text.toPolicy}</Anchor>
    </Section>
  );
}

/** Why there is no more of it. */
export function Signals() {
  const { decisions: text } = useText();
  return <Section title={text.signals}><Words size="sm">{text.signalsWhy}</Words></Section>;
}
