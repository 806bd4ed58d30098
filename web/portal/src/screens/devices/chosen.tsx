import { Button, Checkbox, Group } from '@mantine/core';
import { useState } from 'react';
import { type Action, fits } from '../../api/act';
import type { Device } from '../../api/client';
import { Ask } from '../../parts/ask';
import { useText } from '../../text';
import { Together } from '../user/together';
import { Bulk } from './bulk';
import { type Filter, type View, matchOf } from './view';

/** The devices of the list that were chosen. */
export function useChosen(items: Device[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => setChosen((before) => before.has(id) ? new Set([...before].filter((other) => other !== id)) : new Set([...before, id]));
  const devices = items.filter(({ deviceId }) => chosen.has(deviceId));
  return { chosen, toggle, devices, set: (some: Device[]) => setChosen(new Set(some.map(({ deviceId }) => deviceId))) };
}

interface Shown {
  app: string;
  items: Device[];
  filter: Filter;
  view: View;
  choice: ReturnType<typeof useChosen>;
}

/** What may be done to those that were chosen, or to all that the filters match. */
export function Chosen({ app, items, filter, view, choice }: Shown) {
  const { devices: text, bulk } = useText();
  const [asked, setAsked] = useState<Action>();
  const [all, setAll] = useState(false);
  const { devices } = choice;
  const whole = devices.length === items.length;
  return (
    <Group gap="xs" mih={36}>
      <Checkbox
        label={devices.length > 0 ? text.selected(devices.length) : text.chooseShown} checked={whole && items.length > 0} indeterminate={devices.length > 0 && !whole}
        disabled={items.length === 0} onChange={() => choice.set(whole ? [] : items)}
      />
      <Together devices={devices} ask={setAsked} />
      {view.set.length > 0 && items.length > 0 && <Button size="xs" variant="default" onClick={() => setAll(true)}>{bulk.all}</Button>}
      {asked && (
        <Ask key={asked} app={app} devices={devices.filter((device) => fits(asked, device))} action={asked} close={() => setAsked(undefined)} done={() => choice.set([])} />
      )}
      {all && <Bulk app={app} match={matchOf(filter)} close={() => setAll(false)} />}
    </Group>
  );
}
