import { Anchor } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../../api/client';
import { type Bar, Bars, Figure } from '../../charts';
import { Ago } from '../../parts/time';
import { useLanguage, useText } from '../../text';
import { lists } from './lists';

type Census = Schemas['Census'];

interface Counted {
  app: string;
  from: UseQueryResult<Census>;
  title: string;
  kind: Census['counts'][number]['kind'];
  /** What a name is called. */
  label?: (name: string) => string;
  /** How the list of devices is narrowed to a name, where it can be. */
  by?: (name: string) => Record<string, string>;
}

const most = 6;

/** The devices by one of their properties. */
export function DevicesBy({ app, from, title, kind, label = (name) => name, by }: Counted) {
  const { overview: text, devices } = useText();
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(language);
  const bars = (from.data?.counts ?? []).filter((one) => one.kind === kind).map(({ name, count }): Bar => ({
    name, value: count, label: name === '' ? text.unknown : name === 'other' ? text.others : label(name), href: by && name !== '' && name !== 'other' ? lists.devices(app, by(name)) : undefined,
  }));
  const rows = bars.map(({ label: told, value, href }) => [href ? <Anchor component={Link} href={href} size="sm">{told}</Anchor> : told, number.format(value)]);
  return (
    <Figure
      title={title} note={from.data?.at && <>{text.asOf} <Ago at={from.data.at} /></>} href={lists.devices(app)} table={{ columns: [title, devices.title], rows }}
      loading={from.isPending} error={from.error} retry={() => void from.refetch()} empty={bars.length === 0 && (from.data?.at ? text.none : text.counting)} height={130}
    >
      <Bars title={title} items={bars.slice(0, most)} color="blue" />
    </Figure>
  );
}
