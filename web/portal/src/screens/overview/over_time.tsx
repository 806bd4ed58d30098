import { Anchor } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Figure, LineChart, type Series } from '../../charts';
import { useLanguage, useText } from '../../text';
import type { Counted } from './counted';
import { type Span, stepNamer } from './span';

interface Told {
  title: string;
  note?: ReactNode;
  span: Span;
  from: UseQueryResult<Counted>;
  /** What is drawn of what was counted. */
  series(counted: Counted): Series[];
  max?: number;
  format?(value: number): string;
  /** The list behind all of it, and behind one step of it. */
  list: string;
  listAt?(step: number): string;
}

/** A figure of what happened step by step. */
export function OverTime({ title, note, span, from, series, max, format, list, listAt }: Told) {
  const { overview: text } = useText();
  const { language } = useLanguage();
  const [, go] = useLocation();
  const name = stepNamer(span, language);
  const write = format ?? ((value: number) => new Intl.NumberFormat(language).format(value));
  const times = from.data?.times ?? [];
  const drawn = from.data ? series(from.data) : [];
  const nothing = drawn.every(({ values }) => values.every((value) => !value));
  const rows = times.map((time, step): ReactNode[] => [
    listAt ? <Anchor component={Link} href={listAt(step)} size="sm">{name(time)}</Anchor> : name(time),
    ...drawn.map(({ values }) => values[step] == null ? '–' : write(values[step])),
  ]);
  return (
    <Figure
      title={title} note={note} href={list} table={{ columns: [text.steps[span], ...drawn.map((one) => one.name)], rows: rows.reverse() }}
      loading={from.isPending} error={from.error} retry={() => void from.refetch()} empty={nothing && text.none} height={236}
    >
      <LineChart title={title} series={drawn} times={times} max={max} format={format} formatTime={name} onPick={listAt && ((step) => go(listAt(step)))} />
    </Figure>
  );
}
