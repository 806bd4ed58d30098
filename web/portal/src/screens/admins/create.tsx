import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Grant, type Schemas, api, ask } from '../../api/client';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';
import { Grants } from './grants';

export function CreateAdmin({ close, done }: { close(): void; done(invited: Schemas['InvitedAdmin']): void }) {
  const { admins: text, session, device } = useText();
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [grants, setGrants] = useState<Grant[]>([{ role: 'viewer' }]);
  return (
    <FormDialogue
      title={text.createAsk} verb={text.create} close={close} done={done} changes={[['admins']]}
      send={() => ask(api.POST('/v1/admins', { body: { login: login.trim().toLowerCase(), name: name.trim() || undefined, grants } }))}
    >
      <TextInput label={session.login} description={text.loginHint} required autoComplete="off" value={login} onChange={(e) => setLogin(e.target.value)} data-autofocus />
      <TextInput label={device.name} autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />
      <Grants grants={grants} change={setGrants} />
    </FormDialogue>
  );
}
