import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { type Bar, Bars, Figure, Histogram, WorldMap, useCountryName } from '../../charts';
import { useLanguage, useText } from '../../text';
import { of, sum, totals, useCounted } from './counted';
import { lists, period } from './lists';
import classes from './overview.module.css';
import type { Span } from './span';

interface Shown {
  app: string;
  span: Span;
}

const most = 8; // that a short list names

const linked = ({ label, href }: Pick<Bar, 'label' | 'href'>): ReactNode => (href ? <Anchor component={Link} href={href} size="sm">{label}</Anchor> : label);

/** How risky what was decided about looked. */
export function Scores({ app, span }: Shown) {
  const { overview: text, charts } = useText();
  const { language } = useLanguage();
  const from = useCounted(app, 'score', span);
  const number = new Intl.NumberFormat(language);
  const since = period(from.data?.times ?? []);
  const buckets = Array.from({ length: 11 }, (_, n) => {
    const bounds = { from: 10 * n, to: Math.min(10 * n + 9, 100) };
    return { ...bounds, value: sum(of(from.data, `${10 * n}`)), href: lists.decisions(app, { riskFrom: bounds.from, riskTo: bounds.to, ...since }) };
  });
  const rows = buckets.map(({ from: low, to, value, href }): ReactNode[] => [linked({ label: charts.range(low, to), href }), number.format(value)]);
  return (
    <Figure
      title={text.charts.risk} href={lists.decisions(app, since)} table={{ columns: [text.score, text.numbers.decisions], rows }}
      loading={from.isPending} error={from.error} retry={() => void from.refetch()} empty={buckets.every(({ value }) => value === 0) && text.none} height={284}
    >
      <Histogram title={text.charts.risk} buckets={buckets} height={260} />
    </Figure>
  );
}

/** What spoke against what was decided about. */
export function Reasons({ app, span }: Shown) {
  const { overview: text, decisions: { reasons } } = useText();
  const { language } = useLanguage();
  const from = useCounted(app, 'reason', span);
  const number = new Intl.NumberFormat(language);
  const since = period(from.data?.times ?? []);
  const bars = totals(from.data).map(([name, value]): Bar => ({ name, label: reasons[name] ?? name, value, href: lists.decisions(app, { reason: name, ...since }) }));
  return (
    <Figure
      title={text.charts.reasons} href={lists.decisions(app, since)}
      table={{ columns: [text.charts.reasons, text.numbers.decisions], rows: bars.map((bar) => [linked(bar), number.format(bar.value)]) }}
      loading={from.isPending} error={from.error} retry={() => void from.refetch()} empty={bars.length === 0 && text.none} height={284}
    >
      <Bars title={text.charts.reasons} items={bars.slice(0, most)} color="amber" />
    </Figure>
  );
}

/** Where from it was asked: the map for the eye, the countries beside it for every hand. */
export function Countries({ app, span }: Shown) {
  const { overview: text } = useText();
  const { language } = useLanguage();
  const from = useCounted(app, 'country', span);
  const name = useCountryName();
  const number = new Intl.NumberFormat(language);
  const since = period(from.data?.times ?? []);
  const href = (country: string) => lists.decisions(app, { country, ...since });
  const found = totals(from.data);
  const bars = found.map(([code, value]): Bar => ({ name: code, label: name(code), value, href: href(code) }));
  return (
    <Figure
      title={text.charts.world} href={lists.decisions(app, since)}
      table={{ columns: [text.country, text.numbers.decisions], rows: bars.map((bar) => [linked(bar), number.format(bar.value)]) }}
      loading={from.isPending} error={from.error} retry={() => void from.refetch()} empty={bars.length === 0 && text.nowhere} height={290}
    >
      <div className={classes.world}>
        <WorldMap title={text.charts.world} countries={Object.fromEntries(found)} href={href} />
        <Bars title={text.charts.world} items={bars.slice(0, most)} />
      </div>
    </Figure>
  );
}
