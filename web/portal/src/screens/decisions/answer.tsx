import { Anchor, Code } from '@mantine/core';
import { Link } from 'wouter';
import { to } from '../../parts/address';
import { Facts } from '../../parts/facts';
import { Exactly } from '../../parts/time';
import { useText } from '../../text';
import type { Decision } from './query';

/** What was asked, and what was answered. */
export function Answer({ app, decision }: { app: string; decision: Decision }) {
  const { decisions: text, actors } = useText();
  const { facts } = text;
  const { recommendation, actor } = decision;
  const yes = (value: boolean) => (value ? text.yes : text.no);
  return (
    <Facts title={text.answer} facts={[
      [facts.answer, `${recommendation}: ${text.says[recommendation]}`],
      [facts.factor, text.factors[decision.secondFactor]],
      [facts.proof, text.proofValid],
      [facts.known, yes(decision.known)],
      [facts.trusted, yes(decision.trusted)],
      [facts.action, decision.action],
      [facts.payload, decision.payloadHash && <Code>{decision.payloadHash}</Code>],
      [facts.at, <Exactly at={decision.decidedAt} />],
      [facts.asked, `${actors[actor.kind] ?? actor.kind}${actor.id ? ` (${actor.id})` : ''}`],
      [facts.policy, <Anchor component={Link} href={to.policy(app)} size="sm">{text.version(decision.policyVersion)}</Anchor>],
      [facts.id, <Code>{decision.decisionId}</Code>],
    ]} />
  );
}
