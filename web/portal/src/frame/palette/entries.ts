import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type Schemas, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import type { IconName } from '../../parts/icon';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { type Language, languages, useLanguage, useText } from '../../text';

/** What can be chosen: a place to go to, or something to do. */
export interface Entry {
  id: string;
  label: string;
  hint?: string;
  icon: IconName;
  goes?: string;
  does?(): void;
}

export interface Section {
  title: string;
  entries: Entry[];
}

const found = 5; // users, and devices, of a search

/** Everything that fits what was typed: users and devices first, since they are what one looks for. */
export function useSections(app: string | undefined, apps: Schemas['App'][], typed: string): Section[] {
  const { palette: text } = useText();
  const people = useFound(app, typed.trim());
  const sections = [...people, { title: text.screens, entries: useScreens(app) }, { title: text.apps, entries: useAppEntries(apps) }, { title: text.actions, entries: useActions() }];
  const words = typed.trim().toLowerCase().split(/\s+/);
  const fits = ({ label, hint = '' }: Entry) => words.every((word) => `${label} ${hint}`.toLowerCase().includes(word));
  return sections
    .map((section) => (people.includes(section) ? section : { ...section, entries: section.entries.filter(fits) }))
    .filter(({ entries }) => entries.length > 0);
}

/** The users and devices whose id, name or key begins as typed. */
function useFound(app: string | undefined, typed: string): Section[] {
  const { palette: text } = useText();
  const [q] = useDebouncedValue(typed, 150);
  const { data } = useQuery({
    queryKey: ['palette', app, q],
    enabled: !!app && q !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const call = { params: { path: { app: app! }, query: { q, limit: found } }, signal };
      const [users, devices] = await Promise.all([ask(api.GET('/v1/apps/{app}/users', call)), ask(api.GET('/v1/apps/{app}/devices', call))]);
      return { users: users.items, devices: devices.items };
    },
  });
  if (!app || q === '' || !data) {
    return [];
  }
  return [
    { title: text.users, entries: data.users.map(({ userId }) => ({ id: `user ${userId}`, label: userId, icon: 'users', goes: to.user(app, userId) })) },
    {
      title: text.devices,
      entries: data.devices.map(({ deviceId, deviceName, userId }) => ({ id: `device ${deviceId}`, label: deviceName, hint: userId, icon: 'devices', goes: to.device(app, deviceId) })),
    },
  ];
}

function useScreens(app: string | undefined): Entry[] {
  const { menu } = useText();
  const overAll = useMay('admin');
  const entry = (icon: IconName, label: string, goes: string): Entry => ({ id: `screen ${goes}`, label, icon, goes });
  return [
    ...(app
      ? [
          entry('overview', menu.overview, to.overview(app)), entry('users', menu.users, to.users(app)), entry('devices', menu.devices, to.devices(app)),
          entry('decisions', menu.decisions, to.decisions(app)), entry('policy', menu.policy, to.policy(app)), entry('log', menu.log, to.log(app)),
        ]
      : []),
    entry('apps', menu.apps, to.apps),
    ...(overAll ? [entry('admins', menu.admins, to.admins), entry('settings', menu.settings, to.settings)] : []),
    entry('account', menu.ownAccount, to.account),
  ];
}

function useAppEntries(apps: Schemas['App'][]): Entry[] {
  return apps.map(({ id, name }) => ({ id: `app ${id}`, label: name, hint: id, icon: 'apps', goes: to.overview(id) }));
}

function useActions(): Entry[] {
  const { menu, session } = useText();
  const { signOut } = useDoor();
  const { language, choose } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === 'dark';
  const others = Object.entries(languages).filter(([key]) => key !== language);
  return [
    { id: 'colours', label: dark ? menu.light : menu.dark, icon: 'settings', does: () => setColorScheme(dark ? 'light' : 'dark') },
    ...others.map(([key, { name }]): Entry => ({ id: `language ${key}`, label: name, icon: 'settings', does: () => choose(key as Language) })),
    { id: 'sign out', label: session.signOut, icon: 'account', does: signOut },
  ];
}
