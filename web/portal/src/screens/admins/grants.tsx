import { Button, CloseButton, Fieldset, Group, NativeSelect, Stack } from '@mantine/core';
import type { Grant } from '../../api/client';
import { useApps } from '../../api/apps';
import { roles } from '../../role';
import { useText } from '../../text';

/** Roles, each on one app or on all. */
export function Grants({ grants, change }: { grants: Grant[]; change(grants: Grant[]): void }) {
  const { admins: text, roles: names, app: { choose } } = useText();
  const apps = useApps().data?.items ?? [];
  const put = (at: number, part: Partial<Grant>) => change(grants.map((grant, i) => (i === at ? { ...grant, ...part } : grant)));
  const free = apps.find(({ id }) => !grants.some(({ appId }) => appId === id));
  return (
    <Fieldset legend={text.grants}>
      <Stack gap="xs">
        {grants.map(({ appId, role }, i) => (
          <Group key={i} gap="xs" wrap="nowrap">
            <NativeSelect aria-label={text.role} flex={1} value={role} onChange={(e) => put(i, { role: e.target.value as Grant['role'] })} data={roles.map((value) => ({ value, label: names[value] }))} />
            <NativeSelect aria-label={choose} flex={1} value={appId ?? ''} onChange={(e) => put(i, { appId: e.target.value || undefined })}>
              <option value="">{text.allApps}</option>
              {apps.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
            </NativeSelect>
            {grants.length > 1 && <CloseButton aria-label={text.takeGrant} onClick={() => change(grants.filter((_, other) => other !== i))} />}
          </Group>
        ))}
        {free && <Group><Button size="xs" variant="default" onClick={() => change([...grants, { appId: free.id, role: 'viewer' }])}>{text.addGrant}</Button></Group>}
      </Stack>
    </Fieldset>
  );
}
