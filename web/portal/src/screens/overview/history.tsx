import { useLanguage, useText } from '../../text';
import { type Counted, of, sum, useCounted } from './counted';
import { lists, period } from './lists';
import { OverTime } from './over_time';
import type { Span } from './span';

interface Shown {
  app: string;
  span: Span;
}

export function Registrations({ app, span }: Shown) {
  const { overview: { charts: text }, events } = useText();
  const from = useCounted(app, 'event', span);
  const list = (step?: number) => lists.log(app, ['device.registered'], period(from.data?.times ?? [], step));
  return (
    <OverTime
      title={text.registrations} span={span} from={from} list={list()} listAt={list}
      series={(counted) => [{ name: events['device.registered']!, values: of(counted, 'device.registered'), color: 'blue' }]}
    />
  );
}

const answers = [['TRUST', 'teal'], ['ALLOW', 'blue'], ['CHALLENGE', 'amber'], ['DENY', 'red']] as const;

export function Decisions({ app, span }: Shown) {
  const { overview: { charts: text, answers: names } } = useText();
  const from = useCounted(app, 'recommendation', span);
  const times = from.data?.times ?? [];
  return (
    <OverTime
      title={text.decisions} span={span} from={from}
      list={lists.decisions(app, period(times))} listAt={(step) => lists.decisions(app, period(times, step))}
      series={(counted) => answers.map(([name, color]) => ({ name: names[name], values: of(counted, name), color }))}
    />
  );
}

const ends = [['device.blocked', 'red'], ['device.distrusted', 'amber'], ['user.revoked', 'violet']] as const;

export function Revocations({ app, span }: Shown) {
  const { overview: { charts: text }, events } = useText();
  const from = useCounted(app, 'event', span);
  const list = (step?: number) => lists.log(app, ends.map(([type]) => type), period(from.data?.times ?? [], step));
  return (
    <OverTime
      title={text.revocations} span={span} from={from} list={list()} listAt={list}
      series={(counted) => ends.map(([type, color]) => ({ name: events[type]!, values: of(counted, type), color }))}
    />
  );
}

/** Of the sign-ins by a known device, those that needed no second factor. */
export function Spared({ app, span }: Shown) {
  const { overview: { charts: text } } = useText();
  const { language } = useLanguage();
  const from = useCounted(app, 'secondFactor', span);
  const times = from.data?.times ?? [];
  const percent = new Intl.NumberFormat(language, { style: 'percent' });
  return (
    <OverTime
      title={text.spared} note={text.sparedWhy} span={span} from={from} max={1} format={percent.format}
      list={lists.decisions(app, { secondFactor: 'skip', ...period(times) })} listAt={(step) => lists.decisions(app, period(times, step))}
      series={(counted) => [{ name: text.spared, values: shares(counted), color: 'teal' }]}
    />
  );
}

function shares(counted: Counted): (number | null)[] {
  const all = [...counted.names.values()];
  return of(counted, 'skip').map((skipped, step) => {
    const asked = sum(all.map((counts) => counts[step]!));
    return asked > 0 ? skipped / asked : null;
  });
}

const attempts = [['replayed', 'red'], ['invalid', 'amber'], ['unknown_key', 'violet'], ['expired', 'blue'], ['missing', 'grey']] as const;

/** What could not be verified leaves no row of its own: the list has the decisions that it weighed on. */
export function Attempts({ app, span }: Shown) {
  const { overview: { charts: text, proofs } } = useText();
  const list = (times: Date[]) => lists.decisions(app, { reason: 'proof_failures', ...period(times) });
  const from = useCounted(app, 'proof', span);
  return (
    <OverTime
      title={text.attempts} note={text.attemptsWhy} span={span} from={from} list={list(from.data?.times ?? [])}
      series={(counted) => attempts.map(([name, color]) => ({ name: proofs[name], values: of(counted, name), color }))}
    />
  );
}
