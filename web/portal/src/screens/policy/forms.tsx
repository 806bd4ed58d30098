import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Table, Text as Words, TextInput, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../text';
import { useDraft } from './draft';
import { DurationField, ManyField, NumberField, Part, SelectField, Standard, SwitchField, useMember } from './fields';

/** What a member may be, by the service's own list. */
export function useAllowed(path: string) {
  const { language } = useDraft();
  return language.members.find((member) => member.path === path);
}

/** The allowed values with the words that stand for them. */
function useOptions(path: string, words: Record<string, string>): Record<string, string> {
  return Object.fromEntries((useAllowed(path)?.values ?? []).map((value) => [value, words[value] ?? value]));
}

export function Limits() {
  const { policy: { limits: text, overflows } } = useText();
  const most = useAllowed('limits.devices')?.most ?? 1000;
  const options = useOptions('limits.overflow', overflows);
  return (
    <Part title={text.title} why={text.why}>
      <NumberField path={['limits', 'devices']} label={text.devices} hint={text.devicesHint} max={most} />
      <SelectField path={['limits', 'overflow']} label={text.overflow} hint={text.overflowHint} options={options} />
      <PerType most={most} />
    </Part>
  );
}

function PerType({ most }: { most: number }) {
  const { policy: { limits: text }, device } = useText();
  const types = useAllowed('limits.perType')?.values ?? [];
  return (
    <div>
      <Words size="sm" fw={500} mb={4}>{text.perType}</Words>
      <Table withTableBorder maw={520} aria-label={text.perType}>
        <Table.Thead><Table.Tr><Table.Th scope="col">{text.type}</Table.Th><Table.Th scope="col">{text.perTypeMost}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {types.map((type) => <OneType key={type} type={type} name={device.types[type as keyof typeof device.types] ?? type} most={most} />)}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function OneType({ type, name, most }: { type: string; name: string; most: number }) {
  const { policy: { limits: text } } = useText();
  const { value, error, disabled, set } = useMember<number | undefined>(['limits', 'perType', type]);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>{name}</Table.Th>
      <Table.Td>
        <NumberInput aria-label={text.mostOf(name)} placeholder={text.noLimit} size="xs" min={0} max={most} allowDecimal={false} clampBehavior="none" value={value ?? ''} error={error} disabled={disabled} onChange={(next) => set(next === '' ? undefined : Number(next))} />
      </Table.Td>
    </Table.Tr>
  );
}

export function Registration() {
  const { policy: { registration: text, approvals, never } } = useText();
  return (
    <Part title={text.title} why={text.why}>
      <SelectField path={['registration', 'approval']} label={text.approval} hint={text.approvalHint} options={useOptions('registration.approval', approvals)} />
      <ManyField path={['registration', 'algorithms']} label={text.algorithms} hint={text.algorithmsHint} options={useAllowed('registration.algorithms[]')?.values ?? []} />
      <DurationField path={['registration', 'keyMaxAge']} label={text.keyMaxAge} hint={text.keyMaxAgeHint} never={never} first="P365D" />
    </Part>
  );
}

export function Trust() {
  const { policy: { trust: text, never } } = useText();
  return (
    <Part title={text.title} why={text.why}>
      <SwitchField path={['trust', 'enabled']} label={text.enabled} hint={text.enabledHint} />
      <DurationField path={['trust', 'duration']} label={text.duration} hint={text.durationHint} />
      <DurationField path={['trust', 'maxDuration']} label={text.maxDuration} hint={text.maxDurationHint} />
      <SwitchField path={['trust', 'permanent']} label={text.permanent} hint={text.permanentHint} />
      <DurationField path={['trust', 'idleTimeout']} label={text.idleTimeout} hint={text.idleTimeoutHint} never={never} first="P14D" />
    </Part>
  );
}

export function Retention() {
  const { policy: { retention: text, forEver } } = useText();
  return (
    <Part title={text.title} why={text.why}>
      <DurationField path={['retention', 'ip']} label={text.ip} hint={text.ipHint} never={forEver} first="P90D" />
      <DurationField path={['retention', 'events']} label={text.events} hint={text.eventsHint} never={forEver} first="P730D" />
    </Part>
  );
}

/** What happens to a user's devices when something happened to the user. */
export function Revocation() {
  const { policy: { revocation: text, causes, effects } } = useText();
  const all = useAllowed('revocation')?.values ?? [];
  const options = useOptions('revocation.*', effects);
  return (
    <Part title={text.title} why={text.why}>
      <Table withTableBorder maw={640} layout="fixed" aria-label={text.title}>
        <Table.Thead><Table.Tr><Table.Th scope="col">{text.cause}</Table.Th><Table.Th scope="col" w="54%">{text.effect}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>{all.map((cause) => <OneCause key={cause} cause={cause} name={causes[cause] ?? cause} options={options} />)}</Table.Tbody>
      </Table>
    </Part>
  );
}

function OneCause({ cause, name, options }: { cause: string; name: string; options: Record<string, string> }) {
  const path = ['revocation', cause];
  const { value, standard, error, disabled, set } = useMember<string>(path);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>{name}</Table.Th>
      <Table.Td>
        <NativeSelect aria-label={name} value={value} error={error} disabled={disabled} onChange={(e) => set(e.target.value)} data={Object.entries(options).map(([one, label]) => ({ value: one, label }))} />
        <Standard path={path} label={name} told={standard && options[standard]} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What an action asks of a device to skip the second factor. */
export function Actions() {
  const { policy: { actions: text } } = useText();
  const { now, mayWrite, set } = useDraft();
  const [typed, setTyped] = useState('');
  const add = () => {
    set(['actions', typed.trim()], { require: 'factor' });
    setTyped('');
  };
  return (
    <Part title={text.title} why={text.why}>
      <Table withTableBorder maw={640} layout="fixed" aria-label={text.title}>
        <Table.Thead><Table.Tr><Table.Th scope="col">{text.action}</Table.Th><Table.Th scope="col" w="54%">{text.require}</Table.Th><Table.Th w={48}><VisuallyHidden>{text.remove}</VisuallyHidden></Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>{Object.keys(now.actions).sort().map((name) => <OneAction key={name} name={name} />)}</Table.Tbody>
      </Table>
      {mayWrite && (
        <Group align="end" component="form" onSubmit={(event) => {
          event.preventDefault();
          add();
        }}>
          <TextInput label={text.name} description={text.nameHint} maxLength={64} value={typed} onChange={(e) => setTyped(e.target.value)} />
          <Button type="submit" variant="default" disabled={typed.trim() === '' || typed.trim() in now.actions}>{text.add}</Button>
        </Group>
      )}
    </Part>
  );
}

function OneAction({ name }: { name: string }) {
  const { policy: { actions: text, requirements } } = useText();
  const path = ['actions', name, 'require'];
  const { value, error, disabled, set } = useMember<string>(path);
  const { defaults, set: change } = useDraft();
  const options = useOptions('actions.*.require', requirements);
  const fixed = name in defaults.actions;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}>{name}</Table.Th>
      <Table.Td>
        <Stack gap={2} align="start">
          <NativeSelect aria-label={text.requireOf(name)} value={value} error={error} disabled={disabled} onChange={(e) => set(e.target.value)} data={Object.entries(options).map(([one, label]) => ({ value: one, label }))} />
          {fixed && <Standard path={path} label={name} told={options[defaults.actions[name]!.require]} />}
        </Stack>
      </Table.Td>
      <Table.Td w={48}>
        {!fixed && !disabled && <ActionIcon variant="subtle" color="red" aria-label={text.removeOf(name)} onClick={() => change(['actions', name], undefined)}><Words aria-hidden>×</Words></ActionIcon>}
      </Table.Td>
    </Table.Tr>
  );
}
