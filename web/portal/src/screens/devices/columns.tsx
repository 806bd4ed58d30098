import { Anchor, Button, Checkbox, Code, Popover, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { isTrusted } from '../../api/act';
import type { Device } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge, StatusBadge, TrustBadge } from '../../parts/badges';
import { Ago } from '../../parts/time';
import { type Text, useText } from '../../text';

export type Column = keyof Text['devices']['columns'];

/** What stands in each column, in the order of the table. The device itself stands before. */
export const cells: { [name in Column]?: (device: Device, text: Text) => ReactNode } = {
  user: ({ appId, userId }) => <Anchor component={Link} href={to.user(appId, userId)} c="inherit" style={{ overflowWrap: 'anywhere' }}>{userId}</Anchor>,
  status: ({ status }) => <StatusBadge status={status} />,
  trust: (device) => isTrusted(device) && <TrustBadge device={device} />,
  used: ({ lastUsedAt }) => <Ago at={lastUsedAt} />,
  place: ({ location }) => location,
  risk: ({ riskScore }) => <RiskBadge score={riskScore} />,
  type: ({ deviceType }, { device: { types } }) => deviceType && types[deviceType],
  platform: ({ platform }, { devices: { platforms } }) => platforms[platform],
  browser: ({ browser }) => browser,
  system: ({ operatingSystem }) => operatingSystem,
  storage: ({ keyStorage }, { devices: { storages } }) => keyStorage && storages[keyStorage],
  key: ({ keyId }) => keyId && <Code title={keyId}>{keyId.length > 12 ? `${keyId.slice(0, 12)}…` : keyId}</Code>,
  address: ({ ipAddress }) => ipAddress,
  uses: ({ usageCount }) => usageCount,
  verified: ({ lastVerifiedAt }) => <Ago at={lastVerifiedAt} />,
  created: ({ createdAt }) => <Ago at={createdAt} />,
};

const all = Object.keys(cells) as Column[];
const usual: Column[] = ['user', 'status', 'trust', 'used', 'place', 'risk'];
const stored = 'symbolon.devices.columns';

/** The columns that the reader chose, kept in their browser. */
export function useColumns() {
  const [chosen, setChosen] = useState(read);
  const choose = (columns: Column[]) => {
    localStorage.setItem(stored, JSON.stringify(columns));
    setChosen(columns);
  };
  const toggle = (name: Column) => choose(all.filter((column) => (column === name) !== chosen.includes(column)));
  return { chosen, toggle, reset: () => choose(usual) };
}

function read(): Column[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(stored) ?? '');
    return Array.isArray(kept) ? all.filter((name) => kept.includes(name)) : usual;
  } catch {
    return usual; // nothing is kept, or nothing that we wrote
  }
}

export function ColumnMenu({ chosen, toggle, reset }: ReturnType<typeof useColumns>) {
  const { devices: text } = useText();
  return (
    <Popover position="bottom-end" trapFocus returnFocus withinPortal={false}>
      <Popover.Target><Button variant="default">{text.chooseColumns}</Button></Popover.Target>
      <Popover.Dropdown aria-label={text.chooseColumns}>
        <Stack gap="xs">
          {all.map((name) => <Checkbox key={name} label={text.columns[name]} checked={chosen.includes(name)} onChange={() => toggle(name)} />)}
          <Button size="compact-sm" variant="subtle" onClick={reset}>{text.usualColumns}</Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
