import { Button, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link } from 'wouter';
import { to } from '../parts/address';
import { Icon } from '../parts/icon';
import { usePhone } from '../parts/phone';
import { useDoor } from '../session';
import { languages, useLanguage, useText } from '../text';

/** What concerns who is signed in: language, colours, the way out. */
export function Account() {
  const { session, menu } = useText();
  const { who, signOut } = useDoor();
  const { language, choose } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme();
  const phone = usePhone();
  return (
    <Menu position="bottom-end" width={220} withinPortal={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" c="inherit" px="xs" aria-label={menu.account} leftSection={phone ? undefined : <Icon name="account" />}>
          {phone ? <Icon name="account" /> : who.admin.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{who.admin.login}</Menu.Label>
        <Menu.Item component={Link} href={to.account}>{menu.ownAccount}</Menu.Item>
        {Object.entries(languages).map(([key, { name }]) => key !== language && <Menu.Item key={key} lang={key} onClick={() => choose(key as typeof language)}>{name}</Menu.Item>)}
        <Menu.Item onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? menu.light : menu.dark}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={signOut}>{session.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
