import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, api, ask } from '../api/client';
import { Failure } from '../parts/failure';
import { useText } from '../text';
import { Framed, submit } from './framed';
import { makePasskey, useWays } from './passkey';

type Way = Pick<Schemas['SetupRequest'], 'password' | 'passkey'>;

/** The page of the link by which an admin comes in: the first one, or one who was invited. */
export function Setup() {
  const { session: text, passkeys: words } = useText();
  const ways = useWays();
  const [token] = useState(() => location.hash.slice(1));
  const first = token.startsWith('.');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const who = { token, ...(first && { login: login.trim().toLowerCase() }) };
  const setUp = useMutation({
    mutationFn: async (by: () => Promise<Way>) => ask(api.POST('/v1/admin/setup', { body: { ...who, ...(await by()) } })),
    onSuccess: () => location.replace('/admin/'), // without the secret in the address
  });
  const byPasskey = async () => {
    const made = await makePasskey(await ask(api.POST('/v1/admin/setup/passkey/options', { body: who })), words);
    return { passkey: { ...made, name: words.first } };
  };
  return (
    <Framed title={first ? text.setupFirst : text.setup}>
      <form onSubmit={(event) => submit(event, () => setUp.mutate(() => Promise.resolve({ password })))}>
        <Stack>
          {first && <TextInput label={text.login} autoComplete="username" required value={login} onChange={(e) => setLogin(e.target.value)} autoFocus />}
          <PasswordInput label={text.password} description={text.setupWhy} autoComplete="new-password" required value={password} onChange={(e) => setPassword(e.target.value)} />
          {setUp.error && <Failure error={setUp.error} />}
          <Button type="submit" loading={setUp.isPending}>{text.goOn}</Button>
          {ways.passkeys && <Divider label={text.or} />}
          {ways.passkeys && <Button variant="default" loading={setUp.isPending} onClick={() => setUp.mutate(byPasskey)}>{words.instead}</Button>}
        </Stack>
      </form>
    </Framed>
  );
}
