import { Badge } from '@mantine/core';
import type { Device } from '../api/client';
import { useText } from '../text';

const colours = { active: 'teal', pending: 'yellow', blocked: 'red', unbound: 'gray' } as const;

export function StatusBadge({ status }: Pick<Device, 'status'>) {
  const { devices } = useText();
  return <Badge variant="light" color={colours[status]} autoContrast>{devices.statuses[status]}</Badge>;
}

/** Whether the user's trust counts, as far as the record shows. */
export function isTrusted({ status, trust }: Device): boolean {
  return status === 'active' && !!trust && !trust.revokedAt && (!trust.trustedUntil || new Date(trust.trustedUntil) > new Date());
}
