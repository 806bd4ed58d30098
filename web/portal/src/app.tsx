import { ActionIcon, Anchor, AppShell, Button, Group, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy } from 'react';
import { Link, Redirect, Route, Router, Switch, useLocation, useRoute } from 'wouter';
import { api, ask } from './api/client';
import { Failure } from './parts/failure';
import { Door, Setup, useDoor } from './session';
import { type Language, useLanguage, useText } from './text';

const Devices = lazy(() => import('./screens/devices'));
const DevicePage = lazy(() => import('./screens/device'));

export function App() {
  return (
    <Router base="/admin">
      <Switch>
        <Route path="/setup" component={Setup} />
        <Route>
          <Door>
            <Frame />
          </Door>
        </Route>
      </Switch>
    </Router>
  );
}

function Frame() {
  const apps = useQuery({ queryKey: ['apps'], queryFn: () => ask(api.GET('/v1/apps', { params: { query: { limit: 200 } } })) });
  const [, params] = useRoute<{ app: string; '*': string }>('/apps/:app/*');
  const { app: text } = useText();
  const first = apps.data?.items?.[0]?.id;
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header px="md">
        <Header app={params?.app} apps={apps.data?.items ?? []} />
      </AppShell.Header>
      <AppShell.Main>
        {apps.error && <Failure error={apps.error} retry={() => void apps.refetch()} />}
        {apps.data && !first && text.none}
        {first && (
          <Suspense>
            <Switch>
              <Route path="/apps/:app/devices">{({ app }) => <Devices key={app} app={app} />}</Route>
              <Route path="/apps/:app/devices/:device">{({ app, device }) => <DevicePage app={app} id={decodeURIComponent(device)} />}</Route>
              <Route><Redirect to={`/apps/${first}/devices`} replace /></Route>
            </Switch>
          </Suspense>
        )}
      </AppShell.Main>
    </AppShell>
  );
}

function Header({ app, apps }: { app: string | undefined; apps: { id: string; name: string }[] }) {
  const { title, session, app: text, menu } = useText();
  const { signOut } = useDoor();
  const { language, choose } = useLanguage();
  const { toggleColorScheme } = useMantineColorScheme();
  const [, go] = useLocation();
  return (
    <Group h="100%" wrap="nowrap" gap="sm">
      <Anchor component={Link} href="/" fw={700} underline="never" c="inherit">{title}</Anchor>
      {apps.length > 0 && (
        <NativeSelect aria-label={text.choose} size="xs" maw={160} value={app ?? ''} data={apps.map(({ id, name }) => ({ value: id, label: name }))} onChange={(e) => go(`/apps/${e.target.value}/devices`)} />
      )}
      <Group ml="auto" gap="xs" wrap="nowrap">
        <NativeSelect aria-label={menu.language} size="xs" value={language} data={[{ value: 'en', label: 'English' }, { value: 'de', label: 'Deutsch' }]} onChange={(e) => choose(e.target.value as Language)} />
        <ActionIcon variant="default" aria-label={menu.theme} onClick={() => toggleColorScheme()}>◐</ActionIcon>
        <Button variant="default" size="xs" onClick={signOut}>{session.signOut}</Button>
      </Group>
    </Group>
  );
}
