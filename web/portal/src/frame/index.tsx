import { AppShell, Burger, Container, Group, Image } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { useApps } from '../api/apps';
import icon from '../icon.svg';
import { to } from '../parts/address';
import { Failure } from '../parts/failure';
import { useKeys } from '../parts/keys';
import { usePhone } from '../parts/phone';
import { Rows } from '../parts/states';
import { useText } from '../text';
import { Account } from './account';
import { Navigation } from './navigation';
import { Screens } from './screens';

/** What stands around every screen. */
export function Frame() {
  const apps = useApps();
  const [, params] = useRoute<{ app: string; '*': string }>('/apps/:app/*?');
  const [, go] = useLocation();
  const [opened, { toggle, close }] = useDisclosure();
  const phone = usePhone();
  const { menu } = useText();
  const items = apps.data?.items ?? [];
  const app = params?.app ?? items[0]?.id;
  const find = useCallback(() => app && go(to.users(app)), [app, go]);
  useKeys({ find, close });
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'md', sm: 'xl' }}>
      <AppShell.Header px="md">
        <Group h="100%" wrap="nowrap" gap="sm">
          <Burger hiddenFrom="sm" size="sm" opened={opened} onClick={toggle} aria-label={menu.open} aria-expanded={opened} />
          <Brand />
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
          {apps.data && <Screens first={items[0]?.id} />}
        </Container>
      </AppShell.Main>
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
