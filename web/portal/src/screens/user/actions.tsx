import { Button, Group, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { type Schemas, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Dialogue } from '../../parts/dialogue';
import { Failure } from '../../parts/failure';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { save } from './save';

interface Of {
  app: string;
  user: string;
}

/** What may be done for a user as a whole. */
export function UserActions({ app, user }: Of) {
  const { user: text } = useText();
  const { perform } = useDoor();
  const [asked, setAsked] = useState<'signOut' | 'erase'>();
  const operator = useMay('operator', app);
  const admin = useMay('admin', app);
  const export_ = useMutation({ mutationFn: () => perform(() => exported(app, user)), onSuccess: (all) => save(`${user}.json`, all) });
  const close = () => setAsked(undefined);
  return (
    <Group gap="xs">
      {operator && <Button variant="default" onClick={() => setAsked('signOut')}>{text.signOut}</Button>}
      {admin && <Button variant="default" loading={export_.isPending} onClick={() => export_.mutate()}>{text.export}</Button>}
      {admin && <Button variant="outline" color="red" onClick={() => setAsked('erase')}>{text.erase}</Button>}
      {export_.error && <Failure error={export_.error} />}
      {asked === 'signOut' && <SignOut app={app} user={user} close={close} />}
      {asked === 'erase' && <Erase app={app} user={user} close={close} />}
    </Group>
  );
}

/** All that is kept of a user: its pages joined. */
async function exported(app: string, user: string): Promise<Schemas['UserExport']> {
  const page = (cursor?: string) => ask(api.GET('/v1/apps/{app}/users/{user}', { params: { path: { app, user }, query: { cursor } } }));
  const { nextCursor, ...all } = await page();
  for (let cursor = nextCursor; cursor;) {
    const next = await page(cursor);
    all.devices.push(...next.devices);
    all.events.push(...next.events);
    all.places.push(...next.places);
    cursor = next.nextCursor;
  }
  return all;
}

function SignOut({ app, user, close }: Of & { close(): void }) {
  const { user: text } = useText();
  return (
    <Confirmed
      title={text.signOutAsk} why={text.signOutWhy} verb={text.signOut} close={close} done={close}
      send={() => ask(api.POST('/v1/apps/{app}/users/{user}/revocations', { params: { path: { app, user } }, body: { cause: 'sign_out_everywhere' } }))}
    />
  );
}

function Erase({ app, user, close }: Of & { close(): void }) {
  const { user: text } = useText();
  const [, go] = useLocation();
  return (
    <Confirmed
      title={text.eraseAsk} why={text.eraseWhy} verb={text.erase} close={close} done={() => go(to.users(app))} typed={user}
      send={() => erased(app, user)}
    />
  );
}

/** Erases in steps, until nothing is left. */
async function erased(app: string, user: string): Promise<void> {
  const { pending } = await ask(api.DELETE('/v1/apps/{app}/users/{user}', { params: { path: { app, user } } }));
  if (pending) {
    await erased(app, user);
  }
}

interface Asked {
  title: string;
  why: string;
  verb: string;
  /** What has to be typed, so that no slip of the finger does it. */
  typed?: string;
  send(): Promise<unknown>;
  close(): void;
  done(): void;
}

function Confirmed({ title, why, verb, typed, send, close, done }: Asked) {
  const { user: text, session } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const [given, setGiven] = useState('');
  const act = useMutation({
    mutationFn: () => perform(send),
    onSuccess: async () => {
      done();
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Dialogue close={close} title={title}>
      <form onSubmit={submit}>
        <Stack>
          <Words>{why}</Words>
          {typed !== undefined && <TextInput label={text.type(typed)} autoComplete="off" value={given} onChange={(e) => setGiven(e.target.value)} data-autofocus />}
          {act.error && <Failure error={act.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>{session.cancel}</Button>
            <Button type="submit" color="red" disabled={typed !== undefined && given !== typed} loading={act.isPending}>{verb}</Button>
          </Group>
        </Stack>
      </form>
    </Dialogue>
  );
}
