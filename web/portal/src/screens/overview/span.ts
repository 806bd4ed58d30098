import { useSearchParams } from 'wouter';
import type { Language } from '../../text';

const hour = 3_600_000;

/** How far back one looks, and in which steps. */
export const spans = {
  '24h': { step: 'hour', count: 24 },
  '30d': { step: 'day', count: 30 },
  '12m': { step: 'month', count: 12 },
} as const;

export type Span = keyof typeof spans;
export type Step = (typeof spans)[Span]['step'];

/** The span is in the address, so that the view can be kept and sent to a colleague. */
export function useSpan(): [Span, (span: Span) => void] {
  const [params, set] = useSearchParams();
  const named = params.get('span') ?? '';
  return [named in spans ? (named as Span) : '30d', (span) => set({ span }, { replace: true })];
}

/** When each step begins, the last of them now. Hours are the service's; days and months begin in the reader's zone. */
export function beginnings(span: Span, now: Date): Date[] {
  const { step, count } = spans[span];
  return Array.from({ length: count }, (_, i) => {
    const back = count - 1 - i;
    switch (step) {
      case 'hour':
        return new Date((Math.floor(now.getTime() / hour) - back) * hour);
      case 'day':
        return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
      case 'month':
        return new Date(now.getFullYear(), now.getMonth() - back, 1);
    }
  });
}

const formats: Record<Step, Intl.DateTimeFormatOptions> = {
  hour: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
};

/** Names the step that begins at a moment. */
export function stepNamer(span: Span, language: Language): (begins: Date) => string {
  const format = new Intl.DateTimeFormat(language, formats[spans[span].step]);
  return (begins) => format.format(begins);
}
