import { Badge, Button, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Admin, type Schemas, api, ask } from '../../api/client';
import { useApps } from '../../api/apps';
import { Failure } from '../../parts/failure';
import { Once } from '../../parts/once';
import { Empty, Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useMay } from '../../role';
import { useText } from '../../text';
import { AdminActions } from './actions';
import { CreateAdmin } from './create';

/** Who else may come in, for admins of all apps. */
export default function Admins() {
  const { admins: text, devices } = useText();
  const may = useMay('admin');
  const [creating, setCreating] = useState(false);
  const [invited, setInvited] = useState<Schemas['InvitedAdmin']>();
  const list = useInfiniteQuery({
    queryKey: ['admins'], enabled: may,
    queryFn: ({ pageParam }) => ask(api.GET('/v1/admins', { params: { query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        {may && <Button onClick={() => setCreating(true)}>{text.create}</Button>}
      </Group>
      {!may && <Empty icon="admins">{text.notYou}</Empty>}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {may && list.isPending && <Rows height={96} />}
      {items.map((admin) => <AdminCard key={admin.adminId} admin={admin} invited={setInvited} />)}
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{devices.more}</Button>}
      {creating && <CreateAdmin close={() => setCreating(false)} done={setInvited} />}
      {invited && <Once title={text.invited(invited.admin.login)} secret={invited.invitation.url} close={() => setInvited(undefined)} />}
    </Stack>
  );
}

function AdminCard({ admin, invited }: { admin: Admin; invited(by: Schemas['InvitedAdmin']): void }) {
  const { admins: text, roles } = useText();
  const apps = useApps().data?.items ?? [];
  const on = (id: string | undefined) => (id ? (apps.find((app) => app.id === id)?.name ?? id) : text.allApps);
  return (
    <Card withBorder padding="md" component="section" aria-label={admin.login}>
      <Group justify="space-between" align="start">
        <div>
          <Group gap="xs">
            <Words fw={600}>{admin.name}</Words>
            {admin.external && <Badge variant="light" color="gray" tt="none">{text.external(new URL(admin.external.issuer).host)}</Badge>}
            {admin.disabledAt && <Badge variant="light" color="red" tt="none">{text.disabled}</Badge>}
          </Group>
          {admin.login !== admin.name && <Words size="sm" c="dimmed">{admin.login}</Words>}
          <Group gap="xs" mt={4}>
            {admin.grants.map(({ appId, role }) => <Badge key={appId ?? ''} variant="light" color="blue" tt="none">{roles[role]} · {on(appId)}</Badge>)}
          </Group>
          <Words size="sm" c="dimmed" mt={4}>{text.lastSignIn} <Ago at={admin.lastSignInAt} /></Words>
        </div>
        <AdminActions admin={admin} invited={invited} />
      </Group>
    </Card>
  );
}
