import { Anchor, Button, Collapse, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import { api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Choice } from '../../parts/choice';
import { useCountries } from '../../parts/countries';
import { Icon } from '../../parts/icon';
import { Moment } from '../../parts/moment';
import { useLanguage, useText } from '../../text';
import { type Name, type View, factors, recommendations } from './view';

const bands: [from: string, to: string][] = [['0', '39'], ['40', '69'], ['70', '89'], ['90', '100']];
const first: Name[] = ['user', 'recommendation'];

/** The filters; those that are asked for less are folded away while none of them is set. */
export function Filters({ app, view }: { app: string; view: View }) {
  const { decisions: text } = useText();
  const { set } = view;
  const [opened, setOpened] = useState(set.some((name) => !first.includes(name)));
  const id = useId();
  return (
    <Stack gap="sm">
      <Group align="end">
        <TextInput
          type="search" label={text.search} flex={1} miw={220} leftSection={<Icon name="search" size={18} />}
          value={view.of('user')} onChange={(e) => view.change({ user: e.target.value })}
        />
        <Choice {...choice(view, 'recommendation')} label={text.recommendation} any={text.any} options={recommendations.map((says) => [says, says])} />
        <Button variant="default" aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>{text.more}</Button>
        {set.length > 0 && <Button variant="subtle" onClick={view.clear}>{text.clear}</Button>}
      </Group>
      <Collapse id={id} expanded={opened}><More app={app} view={view} /></Collapse>
      {view.of('device') && (
        <Group gap="xs">
          <Anchor component={Link} href={to.device(app, view.of('device'))}>{text.of}</Anchor>
          <Button size="compact-xs" variant="default" aria-label={`${text.clear}: ${text.of}`} onClick={() => view.change({ device: '' })}>×</Button>
        </Group>
      )}
    </Stack>
  );
}

function More({ app, view }: { app: string; view: View }) {
  const { decisions: text } = useText();
  const { language } = useLanguage();
  const rules = useRuleNames(app);
  const countries = useCountries();
  const reasons = Object.entries(text.reasons).sort(([, a], [, b]) => a.localeCompare(b, language));
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
      <Choice {...choice(view, 'secondFactor')} label={text.facts.factor} any={text.any} options={factors.map((says) => [says, text.factors[says]])} />
      <Choice {...choice(view, 'reason')} label={text.reason} any={text.any} options={reasons} />
      <Choice {...choice(view, 'rule')} label={text.rule} any={text.any} options={rules.map((rule) => [rule, rule])} />
      <Band view={view} />
      <TextInput label={text.action} maxLength={64} value={view.of('action')} onChange={(e) => view.change({ action: e.target.value })} />
      <Choice {...choice(view, 'country')} label={text.country} any={text.any} options={countries} />
      <Moment label={text.from} value={view.of('from')} change={(from) => view.change({ from })} />
      <Moment label={text.to} value={view.of('to')} change={(to) => view.change({ to })} />
    </SimpleGrid>
  );
}

const choice = (view: View, name: Name) => ({ value: view.of(name), change: (value: string) => view.change({ [name]: value }) });

function Band({ view }: { view: View }) {
  const { decisions: text } = useText();
  const [from, upTo] = [view.of('riskFrom'), view.of('riskTo')];
  const value = from || upTo ? `${from || '0'} ${upTo || '100'}` : '';
  const known = bands.some((band) => band.join(' ') === value);
  const change = (band: string) => {
    const [riskFrom = '', riskTo = ''] = band.split(' ');
    view.change({ riskFrom, riskTo });
  };
  return (
    <NativeSelect label={text.risk} value={value} onChange={(e) => change(e.target.value)}>
      <option value="">{text.any}</option>
      {value && !known && <option value={value}>{text.band(from || '0', upTo || '100')}</option>}
      {bands.map((band) => <option key={band[0]} value={band.join(' ')}>{text.band(...band)}</option>)}
    </NativeSelect>
  );
}

/** The names of the policy's rules; nothing waits for them. */
function useRuleNames(app: string): string[] {
  const { data } = useQuery({ queryKey: ['policy', app, 'rules'], queryFn: () => ask(api.GET('/v1/apps/{app}/policy', { params: { path: { app } } })), staleTime: 60_000 });
  return data?.rules?.map(({ name }) => name) ?? [];
}
