import { Alert, NativeSelect, Stack, Tabs, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { Failure } from '../../parts/failure';
import { usePhone } from '../../parts/phone';
import { Rows } from '../../parts/states';
import { useText } from '../../text';
import { Unsaved } from './bar';
import { DraftProvider, useDraft, useDrafting, useLoaded } from './draft';
import { Changed } from './fields';
import { Actions, Limits, Registration, Retention, Revocation, Trust } from './forms';
import { Json } from './json';
import { Risk } from './risk';
import { Rules } from './rules';
import { Versions } from './versions';

const parts: Record<string, () => ReactNode> = {
  limits: Limits, registration: Registration, trust: Trust, actions: Actions, revocation: Revocation, risk: Risk, rules: Rules, retention: Retention, versions: Versions, json: Json,
};
type Part = 'limits' | 'registration' | 'trust' | 'actions' | 'revocation' | 'risk' | 'rules' | 'retention' | 'versions' | 'json';
const names = Object.keys(parts) as Part[];

export default function Policy({ app }: { app: string }) {
  const { policy: text } = useText();
  const loaded = useLoaded(app);
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">{text.title}</Title>
      {loaded.error && <Failure error={loaded.error} retry={() => void loaded.refetch()} />}
      {loaded.isPending && <Rows />}
      {loaded.data && <Written app={app} loaded={loaded.data} />}
    </Stack>
  );
}

/** One draft over all parts of the document. */
function Written({ app, loaded }: { app: string; loaded: NonNullable<ReturnType<typeof useLoaded>['data']> }) {
  const { policy: text } = useText();
  const draft = useDrafting(app, loaded);
  return (
    <DraftProvider value={draft}>
      {!draft.mayWrite && <Alert color="gray" variant="light">{text.readOnly}</Alert>}
      <Sections />
      {draft.mayWrite && draft.dirty && <Unsaved />}
    </DraftProvider>
  );
}

/** The part that is shown stands in the address. */
function Sections() {
  const { policy: text } = useText();
  const { made } = useDraft();
  const [params, setParams] = useSearchParams();
  const asked = params.get('part') as Part;
  const part = names.includes(asked) ? asked : 'limits';
  const phone = usePhone();
  const show = (next: string | null) => next && setParams({ part: next });
  const count = (name: string) => made.filter(({ path }) => path[0] === name).length;
  const Shown = parts[part]!;
  if (phone) {
    return (
      <>
        <NativeSelect label={text.part} value={part} onChange={(e) => show(e.target.value)} data={names.map((name) => ({ value: name, label: count(name) > 0 ? `${text.parts[name]} (${count(name)})` : text.parts[name] }))} />
        <Shown />
      </>
    );
  }
  return (
    <Tabs value={part} onChange={show} keepMounted={false}>
      <Tabs.List aria-label={text.part}>
        {names.map((name) => <Tabs.Tab key={name} value={name} rightSection={<Changed n={count(name)} />}>{text.parts[name]}</Tabs.Tab>)}
      </Tabs.List>
      <Tabs.Panel value={part} pt="lg"><Shown /></Tabs.Panel>
    </Tabs>
  );
}

