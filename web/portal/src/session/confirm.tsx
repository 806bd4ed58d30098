import { Button, PasswordInput, Stack, Text as Words } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, type Schemas, type SignedIn, api, ask } from '../api/client';
import { Dialogue } from '../parts/dialogue';
import { Failure } from '../parts/failure';
import { useText } from '../text';
import { submit } from './framed';
import { showPasskey, useWays } from './passkey';
import { ProviderButton } from './provider';

interface Confirm {
  admin: SignedIn['admin'];
  close(): void;
  confirmed(): void;
}

/** Made anew each time: a password that was typed and left must not wait for whoever comes next. */
export function ConfirmModal({ admin, close, confirmed }: Confirm) {
  const { session: text } = useText();
  const { provider } = useWays();
  return (
    <Dialogue opened close={close} title={text.confirm} above>
      <Stack>
        <Words>{text.confirmWhy}</Words>
        {admin.external ? <ProviderButton confirm label={text.confirmBy(provider ?? admin.external.issuer)} done={confirmed} /> : <ByOwnMeans confirmed={confirmed} />}
      </Stack>
    </Dialogue>
  );
}

function ByOwnMeans({ confirmed }: { confirmed(): void }) {
  const { session: text, passkeys: words } = useText();
  const queries = useQueryClient();
  const ways = useWays();
  const passkeys = useQuery({ queryKey: ['passkeys'], queryFn: () => ask(api.GET('/v1/admin/passkeys')) });
  const [password, setPassword] = useState('');
  const confirm = useMutation({
    mutationFn: async (by: 'password' | 'passkey') => ask(api.POST('/v1/admin/session/confirm', { body: by === 'password' ? { password } : await shown() })),
    onSuccess: confirmed,
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'unauthenticated') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  });
  const shown = async (): Promise<Schemas['ConfirmRequest']> => ({ passkey: await showPasskey(await ask(api.POST('/v1/admin/session/confirm/options')), words) });
  const hasPassword = passkeys.data?.hasPassword ?? true;
  return (
    <form onSubmit={(event) => submit(event, () => confirm.mutate('password'))}>
      <Stack>
        {hasPassword && <PasswordInput label={text.password} autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} data-autofocus />}
        {confirm.error && <Failure error={confirm.error} />}
        {hasPassword && <Button type="submit" loading={confirm.isPending}>{text.goOn}</Button>}
        {ways.passkeys && !!passkeys.data?.items.length && <Button variant="default" loading={confirm.isPending} onClick={() => confirm.mutate('passkey')}>{words.use}</Button>}
      </Stack>
    </form>
  );
}
