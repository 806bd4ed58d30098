import { type Language, useLanguage } from '../text';

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1],
];

/** How far a moment is from now, in the largest unit that fits; below zero in the past. */
function distance(moment: Date): [number, Intl.RelativeTimeFormatUnit] {
  const seconds = (moment.getTime() - Date.now()) / 1000;
  const [unit, size] = steps.find(([name, least]) => Math.abs(seconds) >= least && !(name === 'month' && Math.abs(seconds) < 2 * least)) ?? ['second', 1];
  return [Math.round(seconds / size), unit];
}

/** The time until a moment, such as "30 days". */
export function span(moment: Date, language: Language): string {
  const [count, unit] = distance(moment);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** A moment, told from now; exactly, in the reader's zone, where the pointer rests. */
export function Ago({ at }: { at: string | null | undefined }) {
  const { language } = useLanguage();
  if (!at) {
    return '–';
  }
  const moment = new Date(at);
  const told = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(...distance(moment));
  const exact = moment.toLocaleString(language, { dateStyle: 'long', timeStyle: 'long' });
  return <time dateTime={at} title={exact}>{told}</time>;
}

/** A moment to the second, in the reader's zone. */
export function Exactly({ at }: { at: string }) {
  const { language } = useLanguage();
  return <time dateTime={at}>{new Date(at).toLocaleString(language, { dateStyle: 'long', timeStyle: 'medium' })}</time>;
}
