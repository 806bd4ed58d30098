import { Anchor, Group, SimpleGrid, Stack, Text as Words, Title } from '@mantine/core';
import { Link } from 'wouter';
import { ApiError } from '../../api/client';
import { to } from '../../parts/address';
import { RiskBadge } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { RecommendationBadge } from '../../parts/recommendation';
import { Empty, Rows } from '../../parts/states';
import { Exactly } from '../../parts/time';
import { useText } from '../../text';
import { Answer } from './answer';
import { Neighbours } from './neighbours';
import { Points } from './points';
import { type Decision, useDecision } from './query';
import { Its, Rules, Signals, Where } from './sections';

/** One decision: what was answered, and why. */
export default function OneDecision({ app, id }: { app: string; id: string }) {
  const { decisions: text } = useText();
  const found = useDecision(app, id);
  const gone = found.error instanceof ApiError && found.error.code === 'not_found';
  return (
    <Stack gap="lg">
      <Anchor component={Link} href={to.decisions(app)} size="sm">← {text.back}</Anchor>
      {found.isPending && <Rows count={3} height={160} />}
      {gone && <Empty icon="decisions">{text.notThere}</Empty>}
      {found.error && !gone && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Shown app={app} decision={found.data} />}
    </Stack>
  );
}

function Shown({ app, decision }: { app: string; decision: Decision }) {
  const { decisions: text } = useText();
  return (
    <>
      <div>
        <Group gap="sm">
          <Title order={1} size="h2">{text.one}</Title>
          <RecommendationBadge says={decision.recommendation} size="lg" />
          <RiskBadge score={decision.risk.score} />
        </Group>
        <Group gap="xs" mt={4}>
          <Anchor component={Link} href={to.user(app, decision.userId)} style={{ overflowWrap: 'anywhere' }}>{decision.userId}</Anchor>
          <Words c="dimmed" component="div"><Exactly at={decision.decidedAt} /></Words>
        </Group>
      </div>
      <Points risk={decision.risk} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Answer app={app} decision={decision} />
        <Where decision={decision} />
        <Its app={app} decision={decision} />
        <Rules app={app} decision={decision} />
      </SimpleGrid>
      <Neighbours app={app} decision={decision} />
      <Signals />
    </>
  );
}
