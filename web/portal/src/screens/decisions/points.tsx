import { Card, Group, Progress, Stack, Table, Text as Words, Title } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { useLanguage, useText } from '../../text';

type Risk = Schemas['Risk'];

/** How far from what the reasons come to a score may be by rounding alone. */
const rounding = 1;

/** The score, and how its reasons come to it. */
export function Points({ risk }: { risk: Risk }) {
  const { decisions: text, devices } = useText();
  const colour = { low: 'gray', medium: 'yellow', high: 'red' }[risk.level] ?? 'gray';
  const weighty = risk.reasons.filter(({ points }) => points > 0);
  const sum = Math.min(100, Math.floor(weighty.reduce((all, { points }, i) => all + points / 2 ** i, 0)));
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.score}>
      <Title order={2} size="h4" mb="sm">{text.score}</Title>
      <Group gap="sm" mb="sm" wrap="nowrap">
        <Words fw={650} fz="xl">{risk.score}</Words>
        <Words c="dimmed">{devices.riskOf(risk.score)}, {text.level[risk.level] ?? risk.level}</Words>
      </Group>
      <Progress value={risk.score} color={colour} aria-label={text.score} mb="md" />
      {risk.reasons.length === 0 ? <Words>{text.noReasons}</Words> : (
        <Stack gap="sm">
          <Reasons reasons={risk.reasons} />
          <Words size="sm" c="dimmed">{text.combine}</Words>
          {Math.abs(sum - risk.score) > rounding && <Words size="sm">{text.bounded(sum, risk.score)}</Words>}
        </Stack>
      )}
    </Card>
  );
}

function Reasons({ reasons }: { reasons: Risk['reasons'] }) {
  const { decisions: { points: columns, reasons: names, shares, share } } = useText();
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const heading = { c: 'dimmed', fw: 500, fz: 'sm' } as const;
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th {...heading}>{columns.reason}</Table.Th>
          <Table.Th {...heading}>{columns.points}</Table.Th>
          <Table.Th {...heading} visibleFrom="xs">{columns.counts}</Table.Th>
          <Table.Th {...heading}>{columns.adds}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {reasons.map(({ code, points, detail }, i) => (
          <Table.Tr key={code}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Words fw={500}>{names[code] ?? code} <Words component="code" size="xs" c="dimmed" ff="monospace">{code}</Words></Words>
              {detail && <Words size="sm" lang="en">{detail}</Words>}
            </Table.Td>
            <Table.Td>{points}</Table.Td>
            <Table.Td visibleFrom="xs">{points > 0 ? (shares[i] ?? share(2 ** i)) : '–'}</Table.Td>
            <Table.Td>{points > 0 ? number.format(points / 2 ** i) : '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
