import { Anchor } from '@mantine/core';
import type { CSSProperties } from 'react';
import { Link } from 'wouter';
import { useLanguage } from '../text';
import classes from './charts.module.css';
import { type Tone, usePalette } from './palette';

export interface Bar {
  /** Its key. */
  name: string;
  label: string;
  value: number;
  href?: string;
}

/** How much of each, as bars that lie; each leads to what is behind it. */
export function Bars({ title, items, color = 'teal' }: { title: string; items: Bar[]; color?: Tone }) {
  const { language } = useLanguage();
  const { tones } = usePalette();
  const most = Math.max(1, ...items.map(({ value }) => value));
  return (
    <ul className={classes.bars} aria-label={title}>
      {items.map(({ name, label, value, href }) => (
        <li key={name}>
          {href ? <Anchor component={Link} href={href} data-walk c="inherit" size="sm" underline="always">{label}</Anchor> : <span>{label}</span>}
          <b>{new Intl.NumberFormat(language).format(value)}</b>
          <div aria-hidden style={{ width: `${(100 * value) / most}%`, background: tones[color] } satisfies CSSProperties} />
        </li>
      ))}
    </ul>
  );
}
