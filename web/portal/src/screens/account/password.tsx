import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { api, ask } from '../../api/client';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';

export function ChangePassword({ close }: { close(): void }) {
  const { account: text, session } = useText();
  const [password, setPassword] = useState('');
  return (
    <FormDialogue title={text.password} why={text.passwordWhy} verb={text.password} close={close} changes={[['sessions']]} send={() => ask(api.PUT('/v1/admin/password', { body: { password } }))}>
      <PasswordInput label={session.password} description={session.setupWhy} autoComplete="new-password" required value={password} onChange={(e) => setPassword(e.target.value)} data-autofocus />
    </FormDialogue>
  );
}
