import { Button, Divider, PasswordInput, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type SignedIn, api, ask } from '../api/client';
import { Dialogue } from '../parts/dialogue';
import { Failure } from '../parts/failure';
import { useText } from '../text';
import { Framed, submit } from './framed';
import { showPasskey, useWays } from './passkey';
import { Denied, ProviderButton, deniedHere } from './provider';

/** The page for whoever is not signed in. */
export function SignIn() {
  const { title, session: text } = useText();
  const { provider } = useWays();
  return (
    <Framed title={title}>
      <Stack>
        <Denied code={deniedHere()} />
        <SignInForm />
        {provider && <Button variant="default" component="a" href="/admin/oidc/start">{text.signInBy(provider)}</Button>}
      </Stack>
    </Framed>
  );
}

/** Asks whose session has ended to sign in again, over whatever they were doing. */
export function AgainModal({ opened, admin }: { opened: boolean; admin: SignedIn['admin'] }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const { provider } = useWays();
  return (
    <Dialogue opened={opened} title={text.signIn} above>
      <Stack>
        <Words>{text.signInAgain}</Words>
        {admin.external ? <ProviderButton label={text.signInBy(provider ?? admin.external.issuer)} done={() => void queries.invalidateQueries()} /> : <SignInForm login={admin.login} />}
      </Stack>
    </Dialogue>
  );
}

function SignInForm({ login: given }: { login?: string }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const { passkeys } = useWays();
  const [login, setLogin] = useState(given ?? '');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/v1/admin/session', { body: { login: login.trim().toLowerCase(), password } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Stack>
      <form onSubmit={(event) => submit(event, () => signIn.mutate())}>
        <Stack>
          <TextInput label={text.login} autoComplete="username" required readOnly={!!given} value={login} onChange={(e) => setLogin(e.target.value)} data-autofocus={!given} autoFocus={!given} />
          <PasswordInput label={text.password} autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} data-autofocus={!!given} />
          {signIn.error && <Failure error={signIn.error} />}
          <Button type="submit" loading={signIn.isPending}>{text.signIn}</Button>
        </Stack>
      </form>
      {passkeys && <ByPasskey />}
    </Stack>
  );
}

function ByPasskey() {
  const { session: text, passkeys } = useText();
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: async () => {
      const body = await showPasskey(await ask(api.POST('/v1/admin/session/passkey/options')), passkeys);
      return ask(api.POST('/v1/admin/session/passkey', { body }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <>
      <Divider label={text.or} />
      {signIn.error && <Failure error={signIn.error} />}
      <Button variant="default" loading={signIn.isPending} onClick={() => signIn.mutate()}>{passkeys.signIn}</Button>
    </>
  );
}
