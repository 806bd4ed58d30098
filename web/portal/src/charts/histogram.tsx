import { Group } from '@mantine/core';
import { Link } from 'wouter';
import { useLanguage, useText } from '../text';
import classes from './charts.module.css';
import { usePalette } from './palette';

export interface Bucket {
  /** From this to that, both with it. */
  from: number;
  to: number;
  value: number;
  /** What it is compared with, such as what another policy would have made. */
  other?: number;
  href?: string;
}

export interface Mark {
  at: number;
  label: string;
}

interface Drawn {
  title: string;
  buckets: Bucket[];
  marks?: Mark[];
  /** What value and other are, where both are there. */
  names?: [value: string, other: string];
  height?: number;
}

/** How many fall between which bounds; marks stand where something begins. */
export function Histogram({ title, buckets, marks = [], names, height = 180 }: Drawn) {
  const { tones } = usePalette();
  const most = Math.max(1, ...buckets.flatMap(({ value, other }) => [value, other ?? 0]));
  return (
    <div className={classes.chart}>
      <div className={classes.histogram} style={{ paddingTop: marks.length > 0 ? 18 * Math.min(marks.length, 3) : undefined }}>
        <ul aria-label={title} style={{ height }}>
          {buckets.map((bucket) => <Column key={bucket.from} bucket={bucket} most={most} names={names} />)}
        </ul>
        {marks.map((mark, n) => (
          <div key={mark.label} className={classes.mark} data-end={place(mark.at, buckets) > 60 ? '' : undefined} style={{ left: `${place(mark.at, buckets)}%` }}>
            <span style={{ top: 18 * (n % 3) }}>{mark.label} {mark.at}</span>
          </div>
        ))}
      </div>
      {names && (
        <Group className={classes.legend} component="ul" gap="md" aria-hidden>
          <li><i style={{ background: tones.teal }} /> {names[0]}</li>
          <li><i style={{ border: `2px solid ${tones.violet}` }} /> {names[1]}</li>
        </Group>
      )}
    </div>
  );
}

function Column({ bucket: { from, to, value, other, href }, most, names }: { bucket: Bucket; most: number; names: Drawn['names'] }) {
  const { charts: text } = useText();
  const { language } = useLanguage();
  const { tones } = usePalette();
  const write = (n: number) => new Intl.NumberFormat(language, { notation: 'compact' }).format(n);
  const said = other === undefined || !names ? write(value) : `${names[0]} ${write(value)}, ${names[1]} ${write(other)}`;
  const inside = (
    <>
      <span className={classes.columns} aria-hidden>
        <span style={{ height: `${(100 * value) / most}%`, background: tones.teal }}>{value > 0 && other === undefined && <b>{write(value)}</b>}</span>
        {other !== undefined && <span style={{ height: `${(100 * other) / most}%`, border: `2px solid ${tones.violet}` }} />}
      </span>
      <small aria-hidden>{from}</small>
    </>
  );
  const label = `${text.range(from, to)}: ${said}`;
  return <li>{href ? <Link href={href} data-walk title={label} aria-label={label}>{inside}</Link> : <div role="img" title={label} aria-label={label}>{inside}</div>}</li>;
}

/** Where a value stands, in percent of the width: each bucket is as wide as another. */
function place(at: number, buckets: Bucket[]): number {
  const n = buckets.findIndex(({ to }) => at <= to);
  const bucket = buckets[n];
  return bucket ? (100 * (n + (at - bucket.from) / (bucket.to - bucket.from + 1))) / buckets.length : 100;
}
