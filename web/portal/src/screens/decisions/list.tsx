import { Anchor, Group, Paper, Stack, Table, Text as Words, VisuallyHidden } from '@mantine/core';
import { Link } from 'wouter';
import { to } from '../../parts/address';
import { RiskBadge } from '../../parts/badges';
import { RecommendationBadge } from '../../parts/recommendation';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import classes from './list.module.css';
import type { Decision } from './query';

interface Shown {
  app: string;
  items: Decision[];
  /** The ids of those that just came in. */
  fresh: ReadonlySet<string>;
}

/** When it was, leading to the decision. */
function When({ app, decision, fresh }: { app: string; decision: Decision; fresh: boolean }) {
  const { decisions: text } = useText();
  return (
    <>
      {fresh && <VisuallyHidden>{text.fresh}: </VisuallyHidden>}
      <Anchor component={Link} href={to.decision(app, decision.decisionId)} data-walk size="sm" fw={500}><Ago at={decision.decidedAt} /></Anchor>
    </>
  );
}

/** The strongest reasons in words. */
export function Reasons({ decision: { risk } }: { decision: Decision }) {
  const { decisions: text } = useText();
  const [strongest, next, ...more] = risk.reasons.map(({ code }) => text.reasons[code] ?? code);
  if (!strongest) {
    return <Words component="span" size="sm" c="dimmed">{text.calm}</Words>;
  }
  return <Words component="span" size="sm">{strongest}{next && `, ${next}`}{more.length > 0 && ` +${more.length}`}</Words>;
}

export function List({ app, items, fresh }: Shown) {
  const { decisions: { columns } } = useText();
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={860}>
        <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>{Object.values(columns).map((name) => <Table.Th key={name} c="dimmed" fw={500} fz="sm">{name}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((decision) => (
              <Table.Tr key={decision.decisionId} className={fresh.has(decision.decisionId) ? classes.fresh : undefined}>
                <Table.Td><When app={app} decision={decision} fresh={fresh.has(decision.decisionId)} /></Table.Td>
                <Table.Td><Anchor component={Link} href={to.user(app, decision.userId)} c="inherit" size="sm">{decision.userId}</Anchor></Table.Td>
                <Table.Td><RecommendationBadge says={decision.recommendation} /></Table.Td>
                <Table.Td><RiskBadge score={decision.risk.score} /></Table.Td>
                <Table.Td><Reasons decision={decision} /></Table.Td>
                <Table.Td>{decision.action}</Table.Td>
                <Table.Td>{decision.place?.location || decision.place?.country || '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

/** The list where a table has no room. */
export function Cards({ app, items, fresh }: Shown) {
  return (
    <Stack gap="sm">
      {items.map((decision) => (
        <Paper key={decision.decisionId} withBorder p="sm" className={fresh.has(decision.decisionId) ? classes.fresh : undefined}>
          <Group justify="space-between" wrap="nowrap">
            <div><When app={app} decision={decision} fresh={fresh.has(decision.decisionId)} /></div>
            <Group gap="xs" wrap="nowrap"><RecommendationBadge says={decision.recommendation} /><RiskBadge score={decision.risk.score} /></Group>
          </Group>
          <Anchor component={Link} href={to.user(app, decision.userId)} c="inherit" size="sm" style={{ overflowWrap: 'anywhere' }}>{decision.userId}</Anchor>
          <div><Reasons decision={decision} /></div>
          <Words size="sm" c="dimmed">{[decision.action, decision.place?.location].filter(Boolean).join(' · ')}</Words>
        </Paper>
      ))}
    </Stack>
  );
}
