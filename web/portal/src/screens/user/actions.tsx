import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Schemas, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { FormDialogue } from '../../parts/form';
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
  const export_ = useMutation({ mutationFn: () => perform(() => exported(app, user)), onSuccess: (all) => save(`${user}.json`, [JSON.stringify(all, null, 2)]) });
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
  const send = () => ask(api.POST('/v1/apps/{app}/users/{user}/revocations', { params: { path: { app, user } }, body: { cause: 'sign_out_everywhere' } }));
  return <FormDialogue title={text.signOutAsk} why={text.signOutWhy} verb={text.signOut} danger close={close} send={send} />;
}

/** The user's id has to be typed, so that no slip of the finger erases. */
function Erase({ app, user, close }: Of & { close(): void }) {
  const { user: text } = useText();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  return (
    <FormDialogue
      title={text.eraseAsk} why={text.eraseWhy} verb={text.erase} danger ready={typed === user} close={close} done={() => go(to.users(app))}
      send={() => erased(app, user)}
    >
      <TextInput label={text.type(user)} autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus />
    </FormDialogue>
  );
}

/** Erases in steps, until nothing is left. */
async function erased(app: string, user: string): Promise<void> {
  const { pending } = await ask(api.DELETE('/v1/apps/{app}/users/{user}', { params: { path: { app, user } } }));
  if (pending) {
    await erased(app, user);
  }
}
