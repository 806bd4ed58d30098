import { useLanguage } from '../text';

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1],
];

/** A moment, told from now; exactly, in the reader's zone, where the pointer rests. */
export function Ago({ at }: { at: string | null | undefined }) {
  const { language } = useLanguage();
  if (!at) {
    return '–';
  }
  const moment = new Date(at);
  const seconds = (moment.getTime() - Date.now()) / 1000;
  const [unit, size] = steps.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  const told = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
  const exact = moment.toLocaleString(language, { dateStyle: 'long', timeStyle: 'long' });
  return <time dateTime={at} title={exact}>{told}</time>;
}
