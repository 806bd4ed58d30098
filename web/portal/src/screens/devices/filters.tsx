import { Button, Collapse, Group, NativeSelect, NumberInput, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { Choice } from '../../parts/choice';
import { useCountries } from '../../parts/countries';
import { Icon } from '../../parts/icon';
import { Moment } from '../../parts/moment';
import { useLanguage, useText } from '../../text';
import { type Name, type View, platforms, sorts, statuses, storages, types } from './view';

const bands = { low: ['', '39'], medium: ['40', '69'], high: ['70', ''] } as const;
type Band = keyof typeof bands;

/** Search, order and filters, with a chip for each filter that is set. */
export function Filters({ view }: { view: View }) {
  const { devices: text } = useText();
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <Stack gap="sm">
      <Group align="end">
        <TextInput
          type="search" label={text.search} flex={1} miw={220} value={view.of('q')} leftSection={<Icon name="search" size={18} />} maxLength={255}
          onChange={(e) => view.change({ q: e.target.value })}
        />
        <NativeSelect label={text.sort} value={view.of('sort') || 'lastUsed'} onChange={(e) => view.change({ sort: e.target.value === 'lastUsed' ? '' : e.target.value })}>
          {sorts.map((sort) => <option key={sort} value={sort}>{text.sorts[sort]}</option>)}
        </NativeSelect>
        <Button variant="default" aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>{text.filters}</Button>
      </Group>
      <Collapse id={id} expanded={opened}><Panel view={view} /></Collapse>
      <Chips view={view} />
    </Stack>
  );
}

function Panel({ view }: { view: View }) {
  const { devices: text, device: { types: typeNames } } = useText();
  const countries = useCountries();
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <One view={view} name="status" options={statuses.map((value) => [value, text.statuses[value]])} />
        <One view={view} name="type" options={types.map((value) => [value, typeNames[value]])} />
        <One view={view} name="trusted" options={[['true', text.yes], ['false', text.no]]} />
        <One view={view} name="platform" options={platforms.map((value) => [value, text.platforms[value]])} />
        <One view={view} name="keyStorage" options={storages.map((value) => [value, text.storages[value]])} />
        <One view={view} name="country" options={countries} />
        <Risk view={view} />
        <Score view={view} name="riskFrom" />
        <Score view={view} name="riskTo" />
        <Seen view={view} />
        <Moment label={text.filterNames.seenFrom} value={view.of('seenFrom')} change={(seenFrom) => view.change({ seenFrom })} />
        <Moment label={text.filterNames.seenTo} value={view.of('seenTo')} change={(seenTo) => view.change({ seenTo })} />
      </SimpleGrid>
    </Paper>
  );
}

function One({ view, name, options }: { view: View; name: Name; options: [value: string, label: string][] }) {
  const { devices: text } = useText();
  return <Choice label={text.filterNames[name]} any={text.any} value={view.of(name)} options={options} change={(value) => view.change({ [name]: value })} />;
}

function Risk({ view }: { view: View }) {
  const { devices: text } = useText();
  const [from, upTo] = [view.of('riskFrom'), view.of('riskTo')];
  const band = (Object.keys(bands) as Band[]).find((name) => bands[name][0] === from && bands[name][1] === upTo) ?? (from || upTo ? 'own' : '');
  const change = (to: string) => {
    const [riskFrom, riskTo] = to in bands ? bands[to as Band] : ['', ''];
    view.change({ riskFrom, riskTo });
  };
  return (
    <NativeSelect label={text.risk} value={band} onChange={(e) => change(e.target.value)}>
      <option value="">{text.any}</option>
      {Object.entries(text.bands).map(([name, words]) => <option key={name} value={name}>{words}</option>)}
      {band === 'own' && <option value="own">{text.own}</option>}
    </NativeSelect>
  );
}

function Score({ view, name }: { view: View; name: 'riskFrom' | 'riskTo' }) {
  const { devices: text } = useText();
  return (
    <NumberInput
      label={text.filterNames[name]} min={0} max={100} allowDecimal={false} clampBehavior="strict" hideControls value={view.of(name)}
      onChange={(value) => view.change({ [name]: String(value) })}
    />
  );
}

const day = 86_400_000;
const spans = { day: 1, week: 7, month: 30 } as const;

/** Sets when it was last seen by a usual span, which counts from now. */
function Seen({ view }: { view: View }) {
  const { devices: text } = useText();
  const value = view.of('seenFrom') || view.of('seenTo') ? 'own' : '';
  const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
  const change = (span: string) => {
    const days = spans[span as keyof typeof spans];
    view.change({ seenFrom: days ? ago(days) : '', seenTo: span === 'old' ? ago(90) : '' });
  };
  return (
    <NativeSelect label={text.seen} value={value} onChange={(e) => change(e.target.value)}>
      <option value="">{text.any}</option>
      {Object.entries(text.spans).map(([span, words]) => <option key={span} value={span}>{words}</option>)}
      {value === 'own' && <option value="own">{text.own}</option>}
    </NativeSelect>
  );
}

/** What the list is narrowed by, each with a way to lift it. */
function Chips({ view }: { view: View }) {
  const { devices: text } = useText();
  const worded = useWords();
  const set = view.set.filter((name) => name !== 'q'); // which stands in its field
  if (set.length === 0) {
    return null;
  }
  return (
    <Group gap="xs" role="group" aria-label={text.set}>
      {set.map((name) => {
        const words = `${text.filterNames[name]}: ${worded(name, view.of(name))}`;
        return (
          <Button
            key={name} size="compact-sm" variant="default" radius="xl" rightSection={<span aria-hidden>×</span>} aria-label={text.lift(words)}
            onClick={() => view.change({ [name]: '' })}
          >
            {words}
          </Button>
        );
      })}
      <Button size="compact-sm" variant="subtle" onClick={view.clear}>{text.clear}</Button>
    </Group>
  );
}

function useWords() {
  const { devices: text, device: { types: typeNames } } = useText();
  const { language } = useLanguage();
  const countries = Object.fromEntries(useCountries());
  const meanings: Partial<Record<Name, Record<string, string>>> = {
    status: text.statuses, type: typeNames, trusted: { true: text.yes, false: text.no }, platform: text.platforms, keyStorage: text.storages, country: countries,
  };
  return (name: Name, value: string) => {
    if (name === 'seenFrom' || name === 'seenTo') {
      const at = new Date(value);
      return Number.isNaN(at.getTime()) ? value : at.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
    }
    return meanings[name]?.[value] ?? value;
  };
}
