import { Anchor, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { to } from '../../parts/address';
import { RiskBadge } from '../../parts/badges';
import { Failure } from '../../parts/failure';
import { RecommendationBadge } from '../../parts/recommendation';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { Reasons } from './list';
import { type Decision, page } from './query';

const each = 3; // decisions on either side
const tries = 40;

/** What was decided about the device before and after, the latest first. */
export function Neighbours({ app, decision }: { app: string; decision: Decision }) {
  const { decisions: text } = useText();
  const found = useQuery({ queryKey: ['decision', app, decision.decisionId, 'around'], queryFn: () => around(app, decision) });
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.around}>
      <Title order={2} size="h4" mb="sm">{text.around}</Title>
      {found.isPending && <Rows count={3} height={32} />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 1 && <Words>{text.alone}</Words>}
      <Stack gap="xs">
        {found.data && found.data.length > 1 && found.data.map((other) => <Line key={other.decisionId} app={app} decision={other} here={other.decisionId === decision.decisionId} />)}
      </Stack>
    </Card>
  );
}

function Line({ app, decision, here }: { app: string; decision: Decision; here: boolean }) {
  const { decisions: text } = useText();
  const when = <Ago at={decision.decidedAt} />;
  return (
    <Group gap="sm" aria-current={here ? 'true' : undefined}>
      {here ? <Words fw={600}>{when} ({text.this})</Words> : <Anchor component={Link} href={to.decision(app, decision.decisionId)} data-walk>{when}</Anchor>}
      <RecommendationBadge says={decision.recommendation} />
      <RiskBadge score={decision.risk.score} />
      <Reasons decision={decision} />
    </Group>
  );
}

async function around(app: string, decision: Decision): Promise<Decision[]> {
  const { deviceId: device, eventId: before } = decision;
  const [later, earlier] = await Promise.all([after(app, decision), page(app, { device, before, limit: each })]);
  return [...later.slice(-each), decision, ...earlier.items];
}

/**
 * The next decisions after this one, the latest first. Lists begin with the latest; on a busy device it asks for those before
 * a later number, which it looks for: far enough that there are some, and near enough that one page reaches back to this one.
 */
async function after(app: string, { deviceId: device, decidedAt: from, eventId }: Decision): Promise<Decision[]> {
  let [near, far, span] = [0, Infinity, Infinity];
  for (let i = 0; i < tries; i++) {
    const part = await page(app, { device, from, before: Number.isFinite(span) ? eventId + span : undefined, limit: 200 });
    const later = part.items.filter((other) => other.eventId > eventId);
    const whole = !part.nextCursor || later.length < part.items.length;
    if (whole && (later.length > 0 || !Number.isFinite(span))) {
      return later;
    }
    [near, far] = whole ? [span, far] : [near, span];
    span = Number.isFinite(far) ? Math.floor((near + far) / 2) : Math.max(256, 8 * near);
  }
  return [];
}
