import { Group, Skeleton, Text as Words } from '@mantine/core';
import { Suspense, lazy, useMemo, useState } from 'react';
import { useLanguage, useText } from '../text';
import classes from './charts.module.css';
import { type Tone, dashOf, toneOf, usePalette } from './palette';

const Plot = lazy(() => import('./plot'));

export interface Series {
  name: string;
  /** One for each time; null where there is none. */
  values: (number | null)[];
  color?: Tone;
}

interface Drawn {
  title: string;
  series: Series[];
  /** In order of time. */
  times: Date[];
  /** The top of the scale; what the values need where absent. */
  max?: number;
  /** How a value is written; as a whole number where absent. */
  format?(value: number): string;
  /** How a moment is written beside the values at it. */
  formatTime?(time: Date): string;
  /** A moment was clicked. Whoever has no pointer finds the same in the table behind. */
  onPick?(index: number): void;
  height?: number;
}

/** Lines over time. */
export function LineChart({ title, series, times, max, format, formatTime, onPick, height = 200 }: Drawn) {
  const { charts: text } = useText();
  const { language } = useLanguage();
  const palette = usePalette();
  const [at, setAt] = useState<number>();
  const write = useMemo(() => format ?? ((value: number) => new Intl.NumberFormat(language).format(value)), [format, language]);
  const writeTime = formatTime ?? ((time: Date) => time.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }));
  const lines = series.map(({ values, color }, n) => ({ values, color: palette.tones[color ?? toneOf(n)], dash: dashOf(n) }));
  const gist = [title, ...series.map(({ name, values }) => text.most(name, write(Math.max(0, ...values.map((value) => value ?? 0)))))].join('. ');
  const hovered = at !== undefined && at < times.length ? at : undefined;
  return (
    <div className={classes.chart}>
      <div role="img" aria-label={gist} style={{ height }} data-pick={onPick ? '' : undefined}>
        <Suspense fallback={<Skeleton height={height} />}>
          <Plot lines={lines} times={times} max={max} write={write} height={height} onHover={setAt} onPick={onPick} />
        </Suspense>
      </div>
      <Group component="ul" className={classes.legend} gap="md" aria-hidden>
        {series.map(({ name, values }, n) => (
          <li key={name}>
            <Stroke color={lines[n]!.color} dash={lines[n]!.dash} /> {name}{hovered !== undefined && <b> {values[hovered] == null ? '–' : write(values[hovered]!)}</b>}
          </li>
        ))}
        {hovered !== undefined && <Words component="li" size="sm" c="dimmed">{writeTime(times[hovered]!)}</Words>}
      </Group>
    </div>
  );
}

function Stroke({ color, dash }: { color: string; dash: number[] }) {
  return (
    <svg width={28} height={10} viewBox="0 0 28 10" aria-hidden focusable="false">
      <path d="M1 5h26" stroke={color} strokeWidth={2.5} strokeDasharray={dash.join(' ')} />
    </svg>
  );
}
