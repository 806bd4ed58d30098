import { Card, Code, Table, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Device, type Schemas, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { Exactly } from '../../parts/time';
import { useText } from '../../text';

type Record = Omit<Schemas['TrustedDevice'], '@type'>;
type Name = keyof Record;

const names: Name[] = [
  'deviceId', 'userId', 'deviceName', 'deviceType', 'deviceFingerprint', 'userAgent', 'operatingSystem', 'browser', 'ipAddress', 'location',
  'trustedAt', 'trustedUntil', 'lastUsedAt', 'lastVerifiedAt', 'usageCount', 'isActive', 'revokedAt', 'revokedReason', 'riskScore', 'metadata', 'createdAt', 'updatedAt',
];

/** The 22 properties of the flat record of a trusted device, by their names; of a device that never was trusted, those that it has. */
export function Properties({ app, device }: { app: string; device: Device }) {
  const { device: text } = useText();
  const { deviceId: id, userId: user, trust, updatedAt } = device;
  const found = useQuery({
    queryKey: ['device', app, id, 'record', updatedAt], enabled: !!trust,
    queryFn: () => ask(api.GET('/v1/apps/{app}/users/{user}/trusted-devices', { params: { path: { app, user } } })),
  });
  const record = found.data?.items.find(({ deviceId }) => deviceId === id);
  const shown: Partial<Record> | undefined = trust ? record : known(device);
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.properties}>
      <Title order={2} size="h4">{text.properties}</Title>
      <Words size="sm" c="dimmed" mb="sm">{trust ? text.propertiesWhy : text.propertiesNever}</Words>
      {trust && found.isPending && <Rows count={6} height={32} />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {shown && <All record={shown} />}
    </Card>
  );
}

function All({ record }: { record: Partial<Record> }) {
  const { device: { property, value } } = useText();
  return (
    <Table verticalSpacing={6} layout="fixed">
      <Table.Thead>
        <Table.Tr>{[property, value].map((name) => <Table.Th key={name} c="dimmed" fw={500} fz="sm">{name}</Table.Th>)}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {names.map((name) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}><Code>{name}</Code></Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}><Value name={name} value={record[name]} /></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A value as a person reads it, or why there is none. */
function Value({ name, value }: { name: Name; value: unknown }) {
  const { device: text, decisions } = useText();
  if (value === undefined || value === null) {
    const why = name === 'deviceFingerprint' && value === undefined ? text.withheld : value === undefined ? text.never : name === 'trustedUntil' ? text.forGood : text.unknown;
    return <Words component="span" size="sm" c="dimmed">{why}</Words>;
  }
  switch (typeof value) {
    case 'boolean':
      return value ? decisions.yes : decisions.no;
    case 'object':
      return <Code>{JSON.stringify(value)}</Code>;
    default:
      return name.endsWith('At') || name === 'trustedUntil' ? <Exactly at={String(value)} /> : String(value);
  }
}

/** What the record of a device would hold that never was trusted. null is not known; what only trust gives is absent. */
function known(device: Device): Partial<Record> {
  return {
    deviceId: device.deviceId, userId: device.userId, deviceName: device.deviceName, deviceType: device.deviceType,
    userAgent: device.userAgent ?? null, operatingSystem: device.operatingSystem ?? null, browser: device.browser ?? null, ipAddress: device.ipAddress ?? null,
    location: device.location ?? null, lastUsedAt: device.lastUsedAt ?? null, lastVerifiedAt: device.lastVerifiedAt ?? null, usageCount: device.usageCount, isActive: false,
    riskScore: device.riskScore, metadata: device.metadata ?? null, createdAt: device.createdAt, updatedAt: device.updatedAt,
  };
}
