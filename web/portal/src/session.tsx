import { Alert, Button, Center, Image, Loader, Paper, PasswordInput, Stack, Text as Words, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, createContext, useCallback, useContext, useRef, useState } from 'react';
import { ApiError, type SignedIn, api, ask } from './api/client';
import icon from './icon.svg';
import { Dialogue } from './parts/dialogue';
import { Failure } from './parts/failure';
import { useText } from './text';

interface Door {
  who: SignedIn;
  /** Does what may need the password again, and asks for it where it does. */
  perform<T>(act: () => Promise<T>): Promise<T>;
  signOut(): void;
}

const Context = createContext<Door | undefined>(undefined);

/** Who is signed in, and what only they may have done. */
export function useDoor(): Door {
  const door = useContext(Context);
  if (!door) {
    throw new Error('useDoor stands inside of Door');
  }
  return door;
}

/** Shows what is inside to who is signed in. A session that ends later is renewed in place: nothing typed is lost. */
export function Door({ children }: { children: ReactNode }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const [known, setKnown] = useState<SignedIn>();
  const session = useQuery({ queryKey: ['session'], queryFn: () => ask(api.GET('/v1/admin/session')), retry: false });
  const waiting = useRef<PromiseWithResolvers<void>>(undefined);
  const [confirming, setConfirming] = useState(false);

  const who = session.data ?? known;
  if (session.data && session.data !== known) {
    setKnown(session.data);
  }
  const perform = useCallback(async <T,>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'reauthentication_required') {
        setConfirming(true);
        waiting.current ??= Promise.withResolvers<void>();
        await waiting.current.promise;
        return act();
      }
      if (error instanceof ApiError && error.code === 'unauthenticated') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
      throw error;
    }
  }, [queries]);
  const signOut = useCallback(() => {
    void ask(api.DELETE('/v1/admin/session')).finally(() => location.assign('/admin/'));
  }, []);

  if (session.isPending) {
    return <Center h="100vh"><Loader aria-label="…" /></Center>;
  }
  const ended = session.error instanceof ApiError && session.error.code === 'unauthenticated';
  if (!who) {
    return ended ? <SignIn /> : <Failure error={session.error} retry={() => void session.refetch()} />;
  }
  const confirmed = () => {
    setConfirming(false);
    waiting.current?.resolve();
    waiting.current = undefined;
  };
  const refused = () => {
    setConfirming(false);
    waiting.current?.reject(new ApiError({ code: 'reauthentication_required', detail: text.notConfirmed }));
    waiting.current = undefined;
  };
  return (
    <Context value={{ who, perform, signOut }}>
      {children}
      <AgainModal opened={ended} login={who.admin.login} />
      {confirming && <ConfirmModal close={refused} confirmed={confirmed} />}
    </Context>
  );
}

function SignInForm({ login: given }: { login?: string }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const [login, setLogin] = useState(given ?? '');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/v1/admin/session', { body: { login: login.trim().toLowerCase(), password } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <form onSubmit={(event) => submit(event, () => signIn.mutate())}>
      <Stack>
        <TextInput label={text.login} autoComplete="username" required value={login} onChange={(e) => setLogin(e.target.value)} data-autofocus={!given} autoFocus={!given} />
        <PasswordInput label={text.password} autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} data-autofocus={!!given} />
        {signIn.error && <Failure error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>{text.signIn}</Button>
      </Stack>
    </form>
  );
}

function SignIn() {
  const { title } = useText();
  return (
    <Framed title={title}>
      <SignInForm />
    </Framed>
  );
}

function AgainModal({ opened, login }: { opened: boolean; login: string }) {
  const { session: text } = useText();
  return (
    <Dialogue opened={opened} title={text.signIn} above>
      <Words mb="md">{text.signInAgain}</Words>
      <SignInForm login={login} />
    </Dialogue>
  );
}

/** Made anew each time: a password that was typed and left must not wait for whoever comes next. */
function ConfirmModal({ close, confirmed }: { close(): void; confirmed(): void }) {
  const { session: text } = useText();
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const confirm = useMutation({
    mutationFn: () => ask(api.POST('/v1/admin/session/confirm', { body: { password } })),
    onSuccess: confirmed,
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'unauthenticated') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  });
  return (
    <Dialogue opened close={close} title={text.confirm} above>
      <form onSubmit={(event) => submit(event, () => confirm.mutate())}>
        <Stack>
          <Words>{text.confirmWhy}</Words>
          <PasswordInput label={text.password} autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} data-autofocus />
          {confirm.error && <Failure error={confirm.error} />}
          <Button type="submit" loading={confirm.isPending}>{text.goOn}</Button>
        </Stack>
      </form>
    </Dialogue>
  );
}

/** The page of the link by which an admin comes in: the first one, or one who was invited. */
export function Setup() {
  const { session: text } = useText();
  const [token] = useState(() => location.hash.slice(1));
  const first = token.startsWith('.');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const setUp = useMutation({
    mutationFn: () => ask(api.POST('/v1/admin/setup', { body: { token, password, ...(first && { login: login.trim().toLowerCase() }) } })),
    onSuccess: () => location.replace('/admin/'), // without the secret in the address
  });
  return (
    <Framed title={first ? text.setupFirst : text.setup}>
      <form onSubmit={(event) => submit(event, () => setUp.mutate())}>
        <Stack>
          {first && <TextInput label={text.login} autoComplete="username" required value={login} onChange={(e) => setLogin(e.target.value)} autoFocus />}
          <PasswordInput label={text.password} description={text.setupWhy} autoComplete="new-password" required value={password} onChange={(e) => setPassword(e.target.value)} />
          {setUp.error && <Alert color="red" role="alert">{setUp.error.message}</Alert>}
          <Button type="submit" loading={setUp.isPending}>{text.goOn}</Button>
        </Stack>
      </form>
    </Framed>
  );
}

function Framed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center component="main" mih="90vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={400}>
        <Image src={icon} alt="" w={40} h={40} mb="md" />
        <Title order={1} size="h2" mb="lg">{title}</Title>
        {children}
      </Paper>
    </Center>
  );
}

function submit(event: FormEvent, act: () => void) {
  event.preventDefault();
  act();
}
