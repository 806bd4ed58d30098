import { Button, Checkbox, Collapse, Fieldset, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { Choice } from '../../parts/choice';
import { Icon } from '../../parts/icon';
import { Moment } from '../../parts/moment';
import { useText } from '../../text';
import { groups, groupsOf } from './types';
import { type View, kinds } from './view';

export function Filters({ view, of }: { view: View; of: 'app' | 'service' }) {
  const { log: text } = useText();
  return (
    <Stack gap="sm">
      <Group align="end">
        {of === 'app' && (
          <TextInput
            type="search" label={text.search} flex={1} miw={220} leftSection={<Icon name="search" size={18} />}
            value={view.of('user')} onChange={(e) => view.change({ user: e.target.value })}
          />
        )}
        <Choice label={text.kind} any={text.anyone} value={view.of('actor')} options={kinds.map((kind) => [kind, text.kinds[kind]])} change={(actor) => view.change({ actor })} />
        <TextInput label={text.by} value={view.of('by')} onChange={(e) => view.change({ by: e.target.value })} />
        <Moment label={text.from} value={view.of('from')} change={(from) => view.change({ from })} />
        <Moment label={text.to} value={view.of('to')} change={(to) => view.change({ to })} />
        {view.filtered && <Button variant="subtle" onClick={view.clear}>{text.clear}</Button>}
      </Group>
      <Types view={view} of={of} />
    </Stack>
  );
}

/** What is shown: whole groups at once, or single events of them. */
function Types({ view, of }: { view: View; of: 'app' | 'service' }) {
  const { log: text, events } = useText();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const choose = (types: readonly string[], on: boolean) => {
    const rest = view.types.filter((type) => !types.includes(type));
    view.change({ type: (on ? [...rest, ...types] : rest).join(',') });
  };
  const chosen = (types: readonly string[]) => types.filter((type) => view.types.includes(type)).length;
  return (
    <Fieldset legend={text.what} variant="unstyled">
      <Group gap="md">
        {groupsOf[of].map((group) => (
          <Checkbox
            key={group} label={text.groups[group]} checked={chosen(groups[group]) === groups[group].length}
            indeterminate={chosen(groups[group]) > 0 && chosen(groups[group]) < groups[group].length} onChange={(e) => choose(groups[group], e.target.checked)}
          />
        ))}
        <Button size="compact-sm" variant="subtle" aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>{text.single}</Button>
      </Group>
      <Collapse id={id} expanded={opened}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs" mt="sm">
          {groupsOf[of].flatMap((group) => groups[group]).map((type) => (
            <Checkbox key={type} size="xs" label={events[type] ?? type} checked={view.types.includes(type)} onChange={(e) => choose([type], e.target.checked)} />
          ))}
        </SimpleGrid>
      </Collapse>
    </Fieldset>
  );
}
