import { Combobox, Group, ScrollArea, Text as Words, useCombobox } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Schemas } from '../../api/client';
import { Dialogue } from '../../parts/dialogue';
import { Icon } from '../../parts/icon';
import { useText } from '../../text';
import { type Entry, useSections } from './entries';

interface Shown {
  app: string | undefined;
  apps: Schemas['App'][];
  close(): void;
}

/** Everything that can be reached and done, by typing some of its name. */
export default function Palette({ app, apps, close }: Shown) {
  const { palette: text } = useText();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const sections = useSections(app, apps, typed);
  const combobox = useCombobox({ opened: true, onOpenedChange: (opened) => opened || close() });
  const { selectFirstOption } = combobox;
  const listed = sections.flatMap(({ entries }) => entries);
  const ids = listed.map(({ id }) => id).join('\n');
  useEffect(() => {
    selectFirstOption();
  }, [ids, selectFirstOption]);
  const choose = ({ goes, does }: Entry) => {
    close();
    does?.();
    if (goes) {
      go(goes);
    }
  };
  return (
    <Dialogue opened close={close} title={text.title}>
      <Combobox store={combobox} onOptionSubmit={(id) => listed.filter((entry) => entry.id === id).forEach(choose)}>
        <Combobox.EventsTarget>
          <Combobox.Search type="search" aria-label={text.search} placeholder={text.search} value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize mah="50vh" mt="sm" viewportProps={{ tabIndex: -1 }}>
          <Combobox.Options aria-label={text.title}>
            {sections.map(({ title, entries }) => (
              <Combobox.Group key={title} label={title}>
                {entries.map((entry) => <Option key={entry.id} entry={entry} />)}
              </Combobox.Group>
            ))}
            {listed.length === 0 && <Combobox.Empty>{text.none}</Combobox.Empty>}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox>
    </Dialogue>
  );
}

function Option({ entry: { id, label, hint, icon } }: { entry: Entry }) {
  return (
    <Combobox.Option value={id}>
      <Group gap="sm" wrap="nowrap">
        <Icon name={icon} size={18} />
        <span style={{ overflowWrap: 'anywhere' }}>{label}</span>
        {hint && <Words size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{hint}</Words>}
      </Group>
    </Combobox.Option>
  );
}
