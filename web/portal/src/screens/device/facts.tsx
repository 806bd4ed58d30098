import { Code, CopyButton, Group, UnstyledButton } from '@mantine/core';
import { isTrusted } from '../../api/act';
import type { Device } from '../../api/client';
import { RiskBadge } from '../../parts/badges';
import { type Fact, Facts } from '../../parts/facts';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { useKey } from './key';

/** What the device is, as it is now. */
export function Profile({ device }: { device: Device }) {
  const { device: { profile, facts, types } } = useText();
  return (
    <Facts title={profile} facts={[
      [facts.type, device.deviceType && types[device.deviceType]], [facts.system, device.operatingSystem], [facts.browser, device.browser], [facts.platform, device.platform],
      [facts.address, device.ipAddress], [facts.place, device.location], [facts.used, <Ago at={device.lastUsedAt} />], [facts.uses, device.usageCount],
      [facts.verified, device.lastVerifiedAt && <Ago at={device.lastVerifiedAt} />], [facts.risk, <RiskBadge score={device.riskScore} />], [facts.registered, <Ago at={device.createdAt} />],
      [facts.agent, device.userAgent],
    ]} />
  );
}

/** What it is known by. */
export function Key({ app, device }: { app: string; device: Device }) {
  const { device: { key, facts } } = useText();
  const { algorithm, thumbprint, rotations } = useKey(app, device);
  const [latest] = rotations ?? [];
  return (
    <Facts title={key} facts={[
      [facts.keyId, device.keyId && <Copied value={device.keyId} />],
      [facts.thumbprint, thumbprint && <Copied value={thumbprint} />],
      [facts.algorithm, algorithm], [facts.storage, device.keyStorage],
      [facts.age, device.keyId && rotations && <Ago at={latest ?? device.createdAt} />], [facts.rotations, device.keyId && rotations?.length.toString()],
      [facts.endpoint, device.endpointId && <Copied value={device.endpointId} />],
      [facts.session, device.sessionBoundAt && <Ago at={device.sessionBoundAt} />],
    ]} />
  );
}

function Copied({ value }: { value: string }) {
  const { device: { copy, copied } } = useText();
  return (
    <Group gap="xs" wrap="nowrap" align="start">
      <Code>{value}</Code>
      <CopyButton value={value}>
        {(clipboard) => <UnstyledButton fz="sm" td="underline" flex="none" onClick={clipboard.copy}>{clipboard.copied ? copied : copy}</UnstyledButton>}
      </CopyButton>
    </Group>
  );
}

export function Blocked({ block }: { block: NonNullable<Device['block']> }) {
  const { device: text } = useText();
  return <Facts title={text.facts.blocked} facts={[
    [text.reason, block.reason], [text.facts.at, <Ago at={block.at} />], [text.facts.by, block.by], [text.facts.until, block.until && <Ago at={block.until} />],
  ]} />;
}

export function Trust({ device }: { device: Device }) {
  const { device: text } = useText();
  const { facts } = text;
  const { trust } = device;
  const until = trust?.active ? trust.endsAt : trust?.trustedUntil;
  const shown: Fact[] = trust ? [
    [facts.trustedAt, <Ago at={trust.trustedAt} />],
    [facts.trustedUntil, until ? <Ago at={until} /> : text.permanent],
    [facts.idle, trust.idleTimeout],
    [facts.factor, trust.factor],
    [facts.revoked, trust.revokedAt && <><Ago at={trust.revokedAt} />: {trust.revokedReason}</>],
  ] : [];
  return <Facts title={isTrusted(device) ? text.trust : text.notTrusted} facts={shown} empty={text.neverTrusted} />;
}
