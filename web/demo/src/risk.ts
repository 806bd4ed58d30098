import type { Settings } from './api.js';
import { h } from './dom.js';
import { words } from './words.js';

export type Level = 'low' | 'medium' | 'high';

let thresholds = { challengeAt: 101, distrustAt: 101 };

/** From which scores on the bank's policy asks for more. */
export function setThresholds({ challengeAt, distrustAt }: Settings): void {
  thresholds = { challengeAt, distrustAt };
}

export function levelOf(score: number): Level {
  if (score >= thresholds.distrustAt) return 'high';
  return score >= thresholds.challengeAt ? 'medium' : 'low';
}

/** A hint at a device's last request, where it looked odd. */
export function oddity(score: number): HTMLElement | undefined {
  const level = levelOf(score);
  if (level === 'low') return undefined;
  return h('span', { class: `badge level-${level}` }, words.risk.raised(score));
}

/** A bar from 0 to 100 with a mark at each threshold. */
export function meter(score: number): HTMLElement {
  const { challengeAt, distrustAt } = thresholds;
  const attrs = { role: 'meter', 'aria-label': words.risk.score, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': `${score}` };
  const bar = h('div', { class: `meter level-${levelOf(score)}`, attrs }, h('span', { class: 'fill' }));
  bar.style.setProperty('--score', `${score}%`);
  for (const [at, name] of [[challengeAt, 'challenge'], [distrustAt, 'distrust']] as const) {
    if (at > 100) continue;
    const mark = h('span', { class: `mark-at ${name}` });
    mark.style.setProperty('--at', `${at}%`);
    bar.append(mark);
  }
  return bar;
}

/** What the marks of the meter mean, in words. */
export function thresholdWords(): string {
  const { challengeAt, distrustAt } = thresholds;
  return [challengeAt <= 100 && words.risk.challengeFrom(challengeAt), distrustAt <= 100 && words.risk.distrustFrom(distrustAt)]
    .filter(Boolean)
    .join(' ');
}
