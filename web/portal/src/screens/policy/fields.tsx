import { Anchor, Badge, Checkbox, Group, Input, NativeSelect, NumberInput, Stack, Switch, Text as Words } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useText } from '../../text';
import { type Path, type Unit, at, readDuration, same, units, writeDuration } from './document';
import { useDraft, useProblem } from './draft';

/** One member of the policy. */
interface Member {
  path: Path;
  label: string;
  /** What it does. */
  hint?: string;
}

/** The member's value, whether it may be changed, and what is wrong with it. */
export function useMember<T>(path: Path) {
  const draft = useDraft();
  const value = at(draft.now, path) as T;
  const standard = at(draft.defaults, path) as T | undefined;
  return { value, standard, isDefault: same(value, standard), error: useProblem(path.join('.')), disabled: !draft.mayWrite, set: (next: T | undefined) => draft.set(path, next) };
}

/** That a value is the default, or the way back to it. */
export function Standard({ path, label, told }: { path: Path; label: string; told?: string }) {
  const { policy: text } = useText();
  const { isDefault, standard, set, disabled } = useMember<unknown>(path);
  if (standard === undefined) {
    return null;
  }
  if (isDefault) {
    return <Words span size="xs" c="dimmed">{text.isDefault}</Words>;
  }
  const word = told ?? (standard === null ? text.none : typeof standard === 'boolean' ? (standard ? text.on : text.off) : String(standard));
  return disabled
    ? <Words span size="xs" c="dimmed">{text.defaultIs(word)}</Words>
    : <Anchor component="button" type="button" size="xs" onClick={() => set(undefined)} aria-label={text.toDefaultOf(label, word)}>{text.toDefault(word)}</Anchor>;
}

function Below({ path, label, hint, told }: Member & { told?: string }) {
  return <Stack gap={2} align="start" component="span">{hint && <span>{hint}</span>}<Standard path={path} label={label} told={told} /></Stack>;
}

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export function NumberField({ path, label, hint, min = 0, max }: Member & { min?: number; max: number }) {
  const { value, error, disabled, set } = useMember<number>(path);
  return (
    <NumberInput
      label={label} description={<Below path={path} label={label} hint={hint} />} inputWrapperOrder={order} min={min} max={max} allowDecimal={false} clampBehavior="none" maw={360}
      value={value} error={error} disabled={disabled} onChange={(next) => set(next === '' ? undefined : Number(next))}
    />
  );
}

export function SelectField({ path, label, hint, options }: Member & { options: Record<string, string> }) {
  const { value, error, disabled, set, standard } = useMember<string>(path);
  return (
    <NativeSelect
      label={label} description={<Below path={path} label={label} hint={hint} told={standard && options[standard]} />} inputWrapperOrder={order} maw={360}
      value={value} error={error} disabled={disabled} onChange={(e) => set(e.target.value)} data={Object.entries(options).map(([one, name]) => ({ value: one, label: name }))}
    />
  );
}

export function SwitchField({ path, label, hint }: Member) {
  const { value, error, disabled, set } = useMember<boolean>(path);
  return <Switch label={label} description={<Below path={path} label={label} hint={hint} />} error={error} disabled={disabled} checked={value} onChange={(e) => set(e.target.checked)} />;
}

export function ManyField({ path, label, hint, options }: Member & { options: string[] }) {
  const { value, error, disabled, set } = useMember<string[]>(path);
  return (
    <Checkbox.Group label={label} description={<Below path={path} label={label} hint={hint} />} inputWrapperOrder={order} error={error} value={value} onChange={(next) => set(options.filter((one) => next.includes(one)))}>
      <Group mt={4}>{options.map((one) => <Checkbox key={one} value={one} label={one} disabled={disabled} />)}</Group>
    </Checkbox.Group>
  );
}

/** A span of time as a number and a unit; with `never`, also none at all. */
export function DurationField({ path, label, hint, never, first = 'P30D' }: Member & { never?: string; first?: string }) {
  const { policy: text } = useText();
  const { value, standard, error, disabled, set } = useMember<string | null>(path);
  const id = useId();
  const read = value === null ? undefined : readDuration(value);
  const told = standard ? text.span(readDuration(standard)!.count, readDuration(standard)!.unit) : undefined;
  return (
    <Input.Wrapper label={label} id={id} labelElement="div" role="group" aria-labelledby={`${id}-label`} description={<Below path={path} label={label} hint={hint} told={told} />} inputWrapperOrder={order} error={error} maw={360}>
      <Group gap="xs" wrap="nowrap">
        {value === null
          ? <Words flex={1} size="sm">{never}</Words>
          : <Span label={label} read={read ?? { count: 0, unit: 'D' }} disabled={disabled} change={(count, unit) => set(writeDuration(count, unit))} />}
        {never && <Switch size="sm" label={text.limited} checked={value !== null} disabled={disabled} aria-label={text.limitedOf(label)} onChange={(e) => set(e.target.checked ? first : null)} />}
      </Group>
    </Input.Wrapper>
  );
}

function Span({ label, read: { count, unit }, disabled, change }: { label: string; read: { count: number; unit: Unit }; disabled: boolean; change(count: number, unit: Unit): void }) {
  const { policy: text } = useText();
  return (
    <>
      <NumberInput aria-label={text.countOf(label)} value={count} min={1} allowDecimal={false} clampBehavior="none" disabled={disabled} flex={1} onChange={(next) => change(Number(next), unit)} />
      <NativeSelect aria-label={text.unitOf(label)} value={unit} disabled={disabled} onChange={(e) => change(count, e.target.value as Unit)} data={(Object.keys(units) as Unit[]).map((one) => ({ value: one, label: text.units[one] }))} />
    </>
  );
}

/** A part of the form with its heading. */
export function Part({ title, why, children }: { title: string; why?: string; children: ReactNode }) {
  return (
    <Stack component="section" aria-label={title} gap="md">
      <div>
        <Words component="h2" fw={650} fz="lg">{title}</Words>
        {why && <Words c="dimmed" size="sm" maw={640}>{why}</Words>}
      </div>
      {children}
    </Stack>
  );
}

export const Changed = ({ n }: { n: number }) => (n > 0 ? <Badge size="sm" variant="light" color="yellow" tt="none">{n}</Badge> : null);
