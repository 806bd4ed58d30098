import { Anchor, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { Figure, LineChart } from '../../charts';
import { to } from '../../parts/address';
import { RiskBadge } from '../../parts/badges';
import { RecommendationBadge } from '../../parts/recommendation';
import { Exactly } from '../../parts/time';
import { useLanguage, useText } from '../../text';
import { Reasons } from '../decisions/list';
import type { Decision, useOfDevice } from '../decisions/query';

interface Of {
  app: string;
  device: string;
  decisions: ReturnType<typeof useOfDevice>;
}

/** The score of each decision about a device, with its reasons; each leads to its decision. */
export function RiskOverTime({ app, device, decisions }: Of) {
  const { device: text, decisions: { columns } } = useText();
  const items = decisions.data?.items ?? [];
  return (
    <Figure
      title={text.risk} note={items.length > 0 && text.riskWhy(items.length)} loading={decisions.isPending} error={decisions.error} retry={() => void decisions.refetch()}
      empty={items.length === 0 && text.noDecisions} href={`${to.decisions(app)}?${new URLSearchParams({ device })}`}
      table={{ columns: [columns.at, columns.risk, columns.answer, columns.reasons], rows: items.map((decision) => row(app, decision)) }}
    >
      {items.length > 1 ? <Plot app={app} items={items.toReversed()} /> : items.map((decision) => <Single key={decision.decisionId} app={app} decision={decision} />)}
    </Figure>
  );
}

function Plot({ app, items }: { app: string; items: Decision[] }) {
  const { device: text, decisions: { reasons } } = useText();
  const { language } = useLanguage();
  const [, go] = useLocation();
  const told = new Map(items.map((decision) => [Date.parse(decision.decidedAt), decision]));
  const formatTime = (time: Date) => {
    const { recommendation = '', risk } = told.get(time.getTime()) ?? {};
    const why = risk?.reasons.map(({ code, points }) => `${reasons[code] ?? code} ${points}`).join(', ');
    return [time.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }), recommendation, why].filter(Boolean).join(' · ');
  };
  return (
    <LineChart
      title={text.risk} times={items.map(({ decidedAt }) => new Date(decidedAt))} series={[{ name: text.riskShort, values: items.map(({ risk }) => risk.score) }]} max={100}
      formatTime={formatTime} onPick={(index) => items[index] && go(to.decision(app, items[index].decisionId))}
    />
  );
}

/** One decision is no line. */
function Single({ app, decision }: { app: string; decision: Decision }) {
  return (
    <Group gap="sm" mt="md">
      <Anchor component={Link} href={to.decision(app, decision.decisionId)}><Exactly at={decision.decidedAt} /></Anchor>
      <RecommendationBadge says={decision.recommendation} />
      <RiskBadge score={decision.risk.score} />
      <Reasons decision={decision} />
    </Group>
  );
}

function row(app: string, decision: Decision) {
  return [
    <Anchor component={Link} href={to.decision(app, decision.decisionId)} size="sm"><Exactly at={decision.decidedAt} /></Anchor>,
    decision.risk.score, <RecommendationBadge says={decision.recommendation} />, <Reasons decision={decision} />,
  ];
}
