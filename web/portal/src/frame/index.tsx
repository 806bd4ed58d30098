import { AppShell, Burger, Button, Container, Group, Image } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, lazy, useCallback } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { useApps } from '../api/apps';
import icon from '../icon.svg';
import { to } from '../parts/address';
import { Failure } from '../parts/failure';
import { Icon } from '../parts/icon';
import { useKeys } from '../parts/keys';
import { usePhone } from '../parts/phone';
import { Rows } from '../parts/states';
import { useText } from '../text';
import { Account } from './account';
import { Navigation } from './navigation';
import { Screens } from './screens';

const Palette = lazy(() => import('./palette'));

/** What stands around every screen. */
export function Frame() {
  const apps = useApps();
  const [, params] = useRoute<{ app: string; '*': string }>('/apps/:app/*?');
  const [, go] = useLocation();
  const [opened, { toggle, close }] = useDisclosure();
  const [asked, palette] = useDisclosure();
  const phone = usePhone();
  const { menu, palette: text } = useText();
  const items = apps.data?.items ?? [];
  const home = items.find(({ builtIn }) => !builtIn)?.id;
  const app = params?.app ?? home;
  const find = useCallback(() => app && go(to.users(app)), [app, go]);
  useKeys({ find, close, command: palette.open });
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'md', sm: 'xl' }}>
      <AppShell.Header px="md">
        <Group h="100%" wrap="nowrap" gap="sm">
          <Burger hiddenFrom="sm" size="sm" opened={opened} onClick={toggle} aria-label={menu.open} aria-expanded={opened} />
          <Brand />
          <Button ml="auto" variant="subtle" color="gray" c="inherit" px="xs" onClick={palette.open} aria-label={text.open} aria-keyshortcuts="Control+K Meta+K"><Icon name="search" /></Button>
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label={menu.navigation}>
        {(!phone || opened) && <Navigation app={app} apps={items} close={close} />}
      </AppShell.Navbar>
      <AppShell.Main>
        <Container size={1120} px={0} mx={0}>
          {apps.error && <Failure error={apps.error} retry={() => void apps.refetch()} />}
          {apps.isPending && <Rows />}
          {apps.data && <Screens first={home} />}
        </Container>
      </AppShell.Main>
      {asked && <Suspense><Palette app={app} apps={items} close={palette.close} /></Suspense>}
    </AppShell>
  );
}

function Brand() {
  const { title } = useText();
  return (
    <Group component={Link} {...{ href: '/' }} gap="xs" wrap="nowrap" fw={700} fz="lg" c="inherit" td="none">
      <Image src={icon} alt="" w={26} h={26} />
      {title}
    </Group>
  );
}
