import { Group, NumberInput, Slider, Stack, Table, Text as Words, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { type Bucket, Figure, Histogram } from '../../charts';
import { usePhone } from '../../parts/phone';
import { useLanguage, useText } from '../../text';
import type { Effective } from './document';
import { useDraft, useProblem } from './draft';
import { Part, Standard, useMember } from './fields';

const thresholds = ['challengeAt', 'distrustAt', 'denyAt'] as const;
const day = 86_400_000;
const tens = Array.from({ length: 11 }, (_, i) => i * 10);

/** How many decisions of the last 30 days had a score in each ten. */
function useScores(app: string) {
  return useQuery({
    queryKey: ['tallies', app, 'score', 'policy'],
    queryFn: async ({ signal }) => {
      const query = { kind: 'score', from: new Date(Date.now() - 30 * day).toISOString() } as const;
      const { items } = await ask(api.GET('/v1/apps/{app}/tallies', { params: { path: { app }, query }, signal }));
      return tens.map((from): Bucket => ({
        from, to: from === 100 ? 100 : from + 9, value: items.filter(({ name }) => name === String(from)).reduce((sum, { count }) => sum + count, 0),
      }));
    },
  });
}

/** How many scores reach a threshold: within a ten they count as spread evenly. */
function reaching(buckets: Bucket[], at: number): number {
  const share = ({ from, to }: Bucket) => Math.min(1, Math.max(0, (to + 1 - at) / (to + 1 - from)));
  return buckets.reduce((sum, bucket) => sum + bucket.value * share(bucket), 0);
}

type Outcomes = Record<'below' | 'challenged' | 'distrusted' | 'denied', number>;

function outcomes(buckets: Bucket[], { challengeAt, distrustAt, denyAt }: Effective['risk']): Outcomes {
  const [challenged, distrusted, denied] = [challengeAt, distrustAt, denyAt].map((at) => reaching(buckets, at)) as [number, number, number];
  const all = reaching(buckets, 0);
  return { below: Math.round(all - challenged), challenged: Math.round(challenged - distrusted), distrusted: Math.round(distrusted - denied), denied: Math.round(denied) };
}

export function Risk() {
  const { policy: { risk: text } } = useText();
  return (
    <Stack gap="xl">
      <Part title={text.thresholds} why={text.thresholdsWhy}>
        <Scores />
        {thresholds.map((name) => <Threshold key={name} name={name} />)}
      </Part>
      <Points />
      <Part title={text.versions} why={text.versionsWhy}>
        <Group align="start">
          <Version platform="android" label="Android" />
          <Version platform="ios" label="iOS" />
        </Group>
      </Part>
    </Stack>
  );
}

function Scores() {
  const { policy: { risk: text } } = useText();
  const { app, now, saved } = useDraft();
  const scores = useScores(app);
  const buckets = scores.data ?? [];
  const drawn = { now: outcomes(buckets, now.risk), saved: outcomes(buckets, saved.risk) };
  const total = buckets.reduce((sum, { value }) => sum + value, 0);
  return (
    <Figure
      title={text.histogram} note={text.histogramWhy} loading={scores.isPending} error={scores.error} retry={() => void scores.refetch()} empty={total === 0 && text.noScores} height={250}
      table={{ columns: [text.score, text.decisions], rows: buckets.map(({ from, to, value }) => [from === to ? from : `${from}–${to}`, value]) }}
    >
      <Histogram title={text.histogram} buckets={buckets} marks={thresholds.filter((name) => now.risk[name] <= 100).map((name) => ({ at: now.risk[name], label: text.marks[name] }))} />
      <Told drawn={drawn} />
    </Figure>
  );
}

/** What the thresholds would have made of these decisions, in words. */
function Told({ drawn }: { drawn: { now: Outcomes; saved: Outcomes } }) {
  const { policy: { risk: text } } = useText();
  const { language } = useLanguage();
  const write = (n: number) => n.toLocaleString(language);
  return (
    <Group gap="lg" mt="sm" role="status" aria-live="polite">
      {(Object.keys(drawn.now) as (keyof Outcomes)[]).map((name) => {
        const [n, before] = [drawn.now[name], drawn.saved[name]];
        return <Words key={name} size="sm">{text.outcomes[name](write(n))}{n !== before && <Words span c="dimmed" size="sm"> {text.before(write(before))}</Words>}</Words>;
      })}
    </Group>
  );
}

function Threshold({ name }: { name: (typeof thresholds)[number] }) {
  const { policy: { risk: text } } = useText();
  const path = ['risk', name];
  const { value, error, disabled, set } = useMember<number>(path);
  const written = value > 100 ? text.never : String(value);
  return (
    <div>
      <Group justify="space-between" maw={640}>
        <Words fw={500} size="sm" id={`${name}-label`}>{text.names[name]}: {written}</Words>
        <Standard path={path} label={text.names[name]} />
      </Group>
      <Words size="xs" c="dimmed">{text.hints[name]}</Words>
      <Slider
        min={1} max={101} value={value} disabled={disabled} onChange={set} label={(at) => (at > 100 ? text.never : at)} maw={620} mt={6} mb="lg" mx="sm" mr="lg" color="teal.8"
        thumbProps={{ 'aria-labelledby': `${name}-label`, 'aria-valuetext': written }} marks={[{ value: 25, label: 25 }, { value: 50, label: 50 }, { value: 75, label: 75 }, { value: 101, label: text.never }]}
      />
      {error && <Words size="xs" c="var(--mantine-color-error)" role="alert">{error}</Words>}
    </div>
  );
}

function Points() {
  const { policy: { risk: text, reasonMeanings }, decisions } = useText();
  const { language } = useDraft();
  const phone = usePhone();
  return (
    <Part title={text.points} why={text.pointsWhy}>
      <Table withTableBorder aria-label={text.points} layout={phone ? 'fixed' : 'auto'}>
        <Table.Thead><Table.Tr><Table.Th scope="col">{text.reason}</Table.Th><Table.Th scope="col" w={phone ? 130 : 150}>{text.pointsShort}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {language.reasons.map(({ code, meaning }) => (
            <Table.Tr key={code}>
              <Table.Th scope="row" fw={400}>
                <Words size="sm" fw={500}>{decisions.reasons[code] ?? code}</Words>
                <Words size="xs" c="dimmed" lang={reasonMeanings[code] ? undefined : 'en'} style={{ overflowWrap: 'anywhere' }}>{reasonMeanings[code] ?? meaning} <code>{code}</code></Words>
              </Table.Th>
              <Table.Td><OnePoint code={code} name={decisions.reasons[code] ?? code} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Part>
  );
}

function OnePoint({ code, name }: { code: string; name: string }) {
  const { policy: { risk: text } } = useText();
  const path = ['risk', 'points', code];
  const { value, error, disabled, set } = useMember<number>(path);
  return (
    <Stack gap={2} align="start">
      <NumberInput aria-label={text.pointsOf(name)} size="xs" w={110} min={0} max={100} allowDecimal={false} clampBehavior="none" value={value} error={error} disabled={disabled} onChange={(next) => set(next === '' ? undefined : Number(next))} />
      <Standard path={path} label={name} />
    </Stack>
  );
}

function Version({ platform, label }: { platform: string; label: string }) {
  const { policy: { risk: text } } = useText();
  const { value, disabled, set } = useMember<string | undefined>(['risk', 'appVersions', platform]);
  const error = useProblem(`risk.appVersions.${platform}`);
  return <TextInput label={label} placeholder={text.anyVersion} value={value ?? ''} error={error} disabled={disabled} onChange={(e) => set(e.target.value || undefined)} />;
}
