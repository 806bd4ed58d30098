import { Divider, NativeSelect, NavLink, Stack, Text as Words } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import type { Schemas } from '../api/client';
import { to } from '../parts/address';
import { Icon, type IconName } from '../parts/icon';
import { useMay } from '../role';
import { useText } from '../text';

/** Where one may go. On a phone it closes once one goes. */
export function Navigation({ app, apps, close }: { app: string | undefined; apps: Schemas['App'][]; close(): void }) {
  const { app: text, menu } = useText();
  const [, go] = useLocation();
  const overAll = useMay('admin');
  return (
    <Stack gap={4} onClick={(e) => e.target instanceof Element && e.target.closest('a') && close()}>
      {app && (
        <>
          <NativeSelect
            label={text.choose} value={app} mb="sm" data={apps.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(e) => {
              go(to.devices(e.target.value));
              close();
            }}
          />
          <Entry href={to.overview(app)} icon="overview" label={menu.overview} />
          <Entry href={to.users(app)} icon="users" label={menu.users} />
          <Entry href={to.devices(app)} icon="devices" label={menu.devices} />
          <Entry href={to.decisions(app)} icon="decisions" label={menu.decisions} />
          <Entry href={to.policy(app)} icon="policy" label={menu.policy} />
          <Entry href={to.log(app)} icon="log" label={menu.log} />
          <Divider my="sm" />
        </>
      )}
      <Entry href={to.apps} icon="apps" label={menu.apps} exact />
      {overAll && <Entry href={to.admins} icon="admins" label={menu.admins} />}
      {overAll && <Entry href={to.settings} icon="settings" label={menu.settings} />}
      <Words size="xs" c="dimmed" mt="md" px="sm" visibleFrom="sm">{menu.keys}</Words>
    </Stack>
  );
}

function Entry({ href, icon, label, exact = false }: { href: string; icon: IconName; label: string; exact?: boolean }) {
  const [path] = useLocation();
  const active = path === href || (exact ? /^\/apps\/[^/]+$/.test(path) : path.startsWith(`${href}/`));
  return <NavLink component={Link} href={href} label={label} leftSection={<Icon name={icon} />} active={active} aria-current={active ? 'page' : undefined} />;
}
