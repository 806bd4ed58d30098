import { Badge, Tooltip } from '@mantine/core';
import { isTrusted } from '../api/act';
import type { Device } from '../api/client';
import { useLanguage, useText } from '../text';
import { span } from './time';

const colours = { active: 'teal', pending: 'yellow', blocked: 'red', unbound: 'gray' } as const;

export function StatusBadge({ status }: Pick<Device, 'status'>) {
  const { devices } = useText();
  return <Badge variant="light" color={colours[status]} tt="none">{devices.statuses[status]}</Badge>;
}

/** That a device is trusted, with the time that is left. */
export function TrustBadge({ device }: { device: Device }) {
  const { devices, device: text } = useText();
  const { language } = useLanguage();
  if (!isTrusted(device)) {
    return null;
  }
  const until = device.trust?.endsAt;
  const left = until ? devices.left(span(new Date(until), language)) : text.permanent;
  return <Badge variant="light" color="blue" tt="none" title={until ? new Date(until).toLocaleString(language) : undefined}>{devices.trusted} · {left}</Badge>;
}

export function RiskBadge({ score }: { score: number | undefined }) {
  const { devices } = useText();
  if (score === undefined) {
    return <>–</>;
  }
  const colour = score >= 70 ? 'red' : score >= 40 ? 'yellow' : 'gray';
  return (
    <Tooltip label={devices.riskOf(score)}>
      <Badge variant="light" color={colour} tt="none">{score}</Badge>
    </Tooltip>
  );
}
