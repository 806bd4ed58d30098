import { Anchor, Card, SimpleGrid, Skeleton, Text as Words } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'wouter';
import { to } from '../../parts/address';
import { useLanguage, useText } from '../../text';
import { type Counted, of, sum, totals, useCensus, useCounted } from './counted';
import { lists, period } from './lists';
import type { Span } from './span';

/** The few numbers that one looks at first; each leads to what it counts. */
export function KeyNumbers({ app, span }: { app: string; span: Span }) {
  const { overview: { numbers: text } } = useText();
  const { language } = useLanguage();
  const census = useCensus(app);
  const events = useCounted(app, 'event', span);
  const decided = useCounted(app, 'recommendation', span);
  const factors = useCounted(app, 'secondFactor', span);
  const number = new Intl.NumberFormat(language).format;
  const taken = census.data?.at ? census.data : undefined;
  const since = period(decided.data?.times ?? []);
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" component="dl" m={0}>
      <Number name={text.devices} from={census} value={taken && number(taken.devices)} href={to.devices(app)} />
      <Number name={text.users} from={census} value={taken && number(taken.users)} href={to.users(app)} />
      <Number name={text.decisions} from={decided} value={number(sum(totals(decided.data).map(([, count]) => count)))} href={lists.decisions(app, since)} />
      <Number name={text.spared} from={factors} value={spared(factors.data, language)} href={lists.decisions(app, { secondFactor: 'skip', ...since })} />
      <Number name={text.blocked} from={events} value={number(sum(of(events.data, 'device.blocked')))} href={lists.log(app, ['device.blocked'], since)} />
    </SimpleGrid>
  );
}

function spared(factors: Counted | undefined, language: string): string | undefined {
  const all = sum(totals(factors).map(([, count]) => count));
  return all === 0 ? undefined : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(sum(of(factors, 'skip')) / all);
}

interface Named {
  name: string;
  value: string | undefined;
  href: string;
  from: Pick<UseQueryResult, 'isPending' | 'error'>;
}

function Number({ name, value, href, from }: Named) {
  return (
    <Card withBorder padding="sm">
      <Words component="dt" size="sm" c="dimmed"><Anchor component={Link} href={href} c="inherit" inherit data-walk>{name}</Anchor></Words>
      <Words component="dd" m={0} fz={26} lh={1.3} fw={650}>{from.isPending ? <Skeleton height={34} width={64} /> : from.error ? '–' : (value ?? '–')}</Words>
    </Card>
  );
}
