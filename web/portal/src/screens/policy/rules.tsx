import { Badge, Button, Card, Group, NativeSelect, NumberInput, Stack, Text as Words, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy } from 'react';
import { useSearchParams } from 'wouter';
import { api, ask } from '../../api/client';
import { RecommendationBadge } from '../../parts/recommendation';
import { Empty, Rows } from '../../parts/states';
import { useText } from '../../text';
import type { Rule } from './document';
import { useDraft, useProblem } from './draft';
import { useAllowed } from './forms';
import { Part } from './fields';

const Editor = lazy(() => import('./editor'));

/** How often each rule of the saved policy held lately. */
function useMatches(app: string) {
  const { base } = useDraft();
  const list = useQuery({
    queryKey: ['policy rules', app, base.etag],
    queryFn: ({ signal }) => ask(api.GET('/v1/apps/{app}/policy/rules', { params: { path: { app } }, signal })),
  });
  return (name: string) => list.data?.items.find((rule) => rule.name === name);
}

export function Rules() {
  const { policy: { rules: text } } = useText();
  const { app, now, mayWrite, set } = useDraft();
  const [params, setParams] = useSearchParams();
  const opened = params.has('rule') ? Number(params.get('rule')) : undefined;
  const setOpened = (index: number | undefined) => setParams({ part: 'rules', ...(index !== undefined && { rule: String(index) }) }, { replace: true });
  const matches = useMatches(app);
  const sorted = now.rules.map((rule, index) => ({ rule, index })).sort((a, b) => a.rule.priority - b.rule.priority);
  const write = (rules: Rule[]) => set(['rules'], rules);
  const change = (index: number, next: Partial<Rule>) => write(now.rules.map((rule, i) => (i === index ? { ...rule, ...next } : rule)));
  const swap = (a: number, b: number) => {
    const [first, second] = [now.rules[a]!, now.rules[b]!];
    const [low, high] = first.priority === second.priority ? [first.priority, first.priority + 1] : [first.priority, second.priority];
    write(now.rules.map((rule, i) => (i === a ? { ...rule, priority: high } : i === b ? { ...rule, priority: low } : rule)));
  };
  const add = () => {
    const last = Math.max(0, ...now.rules.map(({ priority }) => priority));
    write([...now.rules, { name: free(now.rules, text.newName), priority: Math.min(last + 10, 1000), when: '', recommend: 'CHALLENGE', mode: 'preview' }]);
    setOpened(now.rules.length);
  };
  return (
    <Part title={text.title} why={text.why}>
      {sorted.length === 0 && <Empty icon="policy">{text.none}</Empty>}
      {sorted.map(({ rule, index }, place) => (
        <OneRule
          key={index} index={index} rule={rule} held={matches(rule.name)} opened={opened === index} open={() => setOpened(opened === index ? undefined : index)}
          change={(next) => change(index, next)}
          up={place > 0 ? () => swap(sorted[place - 1]!.index, index) : undefined} down={place < sorted.length - 1 ? () => swap(index, sorted[place + 1]!.index) : undefined}
          remove={() => {
            setOpened(undefined);
            write(now.rules.filter((_, i) => i !== index));
          }}
        />
      ))}
      {mayWrite && <Group><Button variant="default" onClick={add}>{text.add}</Button></Group>}
    </Part>
  );
}

function free(rules: Rule[], name: string): string {
  const taken = (one: string) => rules.some((rule) => rule.name === one);
  let [n, found] = [1, name];
  while (taken(found)) {
    found = `${name} ${(n += 1)}`;
  }
  return found;
}

interface Shown {
  rule: Rule;
  index: number;
  held: { matches: number; mode: string } | undefined;
  opened: boolean;
  open(): void;
  change(next: Partial<Rule>): void;
  up: (() => void) | undefined;
  down: (() => void) | undefined;
  remove(): void;
}

function OneRule({ rule, index, held, opened, open, change, up, down, remove }: Shown) {
  const { policy: { rules: text, modes } } = useText();
  const { mayWrite, problems } = useDraft();
  const wrong = problems.some(({ field }) => field?.startsWith(`rules[${index}]`));
  return (
    <Card withBorder padding="md" component="section" aria-label={rule.name}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs" miw={0}>
          <Badge variant="default" tt="none" title={text.priority}>{rule.priority}</Badge>
          <Words fw={500} style={{ overflowWrap: 'anywhere' }}>{rule.name}</Words>
          <RecommendationBadge says={rule.recommend} />
          <Badge variant="light" color={rule.mode === 'production' ? 'blue' : 'gray'} tt="none">{modes[rule.mode] ?? rule.mode}</Badge>
          {wrong && <Badge variant="light" color="red" tt="none">{text.wrong}</Badge>}
        </Group>
        <Group gap={4}>
          {mayWrite && up && <Button size="compact-sm" variant="subtle" aria-label={text.earlierOf(rule.name)} onClick={up}>↑</Button>}
          {mayWrite && down && <Button size="compact-sm" variant="subtle" aria-label={text.laterOf(rule.name)} onClick={down}>↓</Button>}
          <Button size="compact-sm" variant="default" aria-expanded={opened} aria-label={text.openOf(rule.name)} onClick={open}>{opened ? text.close : mayWrite ? text.edit : text.show}</Button>
        </Group>
      </Group>
      {!opened && <Words size="sm" c="dimmed" component="code" mt={6} style={{ overflowWrap: 'anywhere' }}>{rule.when}</Words>}
      <Words size="xs" c="dimmed" mt={6}>{held ? (held.mode === 'preview' ? text.wouldHave(held.matches) : text.held(held.matches)) : text.notSaved}</Words>
      {opened && <RuleForm rule={rule} index={index} change={change} remove={remove} />}
    </Card>
  );
}

function RuleForm({ rule, index, change, remove }: Pick<Shown, 'rule' | 'index' | 'change' | 'remove'>) {
  const { policy: { rules: text, modes }, decisions } = useText();
  const { mayWrite, problems } = useDraft();
  const field = (name: string) => ({ error: useProblem(`rules[${index}].${name}`), disabled: !mayWrite });
  const places = problems.filter((one) => one.field === `rules[${index}].when`).map(({ line = 1, column = 1, message }) => ({ line, column, message }));
  const recommends = useAllowed('rules[].recommend')?.values ?? [];
  return (
    <Stack gap="sm" mt="md">
      <Group align="start" grow preventGrowOverflow={false}>
        <TextInput label={text.name} maxLength={64} value={rule.name} {...field('name')} onChange={(e) => change({ name: e.target.value })} />
        <NumberInput label={text.priority} description={text.priorityHint} min={1} max={1000} allowDecimal={false} clampBehavior="none" value={rule.priority} {...field('priority')} onChange={(next) => change({ priority: Number(next) })} />
      </Group>
      <Words size="sm" fw={500}>{text.when}</Words>
      <Suspense fallback={<Rows count={1} height={110} />}>
        <Editor label={text.when} condition value={rule.when} places={rule.when === '' ? [] : places} readOnly={!mayWrite} change={(when) => change({ when })} />
      </Suspense>
      <Group align="start" grow preventGrowOverflow={false}>
        <NativeSelect label={text.recommend} value={rule.recommend} {...field('recommend')} onChange={(e) => change({ recommend: e.target.value })} data={recommends.map((value) => ({ value, label: `${value}: ${decisions.says[value as keyof typeof decisions.says]}` }))} />
        <NativeSelect label={text.mode} description={text.modeHint} value={rule.mode} {...field('mode')} onChange={(e) => change({ mode: e.target.value })} data={(useAllowed('rules[].mode')?.values ?? []).map((value) => ({ value, label: modes[value] ?? value }))} />
      </Group>
      {mayWrite && <Group><Button variant="outline" color="red" size="sm" onClick={remove}>{text.remove}</Button></Group>}
    </Stack>
  );
}
