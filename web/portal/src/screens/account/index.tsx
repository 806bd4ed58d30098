import { Badge, Button, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { ThisDevice } from '../../device/line';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { Passkeys } from './passkeys';
import { ChangePassword } from './password';

/** One's own account: where one is signed in, and the password. */
export default function Account() {
  const { account: text } = useText();
  const { who: { admin } } = useDoor();
  const [changing, setChanging] = useState(false);
  const list = useQuery({ queryKey: ['sessions', admin.adminId], queryFn: () => ask(api.GET('/v1/admins/{admin}/sessions', { params: { path: { admin: admin.adminId } } })) });
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        {!admin.external && <Button variant="default" onClick={() => setChanging(true)}>{text.password}</Button>}
      </Group>
      <Card withBorder padding="lg" component="section" aria-label={text.sessions}>
        <Title order={2} size="h4" mb="md">{text.sessions}</Title>
        <ThisDevice />
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Rows count={1} height={72} />}
        <Stack component="ul" m={0} p={0}>{list.data?.items.map((session) => <Session key={session.sessionId} session={session} />)}</Stack>
      </Card>
      {admin.external ? <Words c="dimmed">{text.external(admin.external.issuer)}</Words> : <Passkeys />}
      {changing && <ChangePassword close={() => setChanging(false)} />}
    </Stack>
  );
}

function Session({ session }: { session: Schemas['AdminSession'] }) {
  const { account: text } = useText();
  const { perform, signOut } = useDoor();
  const queries = useQueryClient();
  const path = { admin: session.adminId, session: session.sessionId };
  const end = useMutation({
    mutationFn: () => perform(() => ask(api.DELETE('/v1/admins/{admin}/sessions/{session}', { params: { path } }))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <Group component="li" justify="space-between">
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group gap="xs">
          <Words fw={500}>{session.ipAddress}</Words>
          {session.isCurrent && <Badge variant="light" tt="none">{text.this}</Badge>}
        </Group>
        <Words size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{session.userAgent}</Words>
        <Words size="sm" c="dimmed">{text.seen} <Ago at={session.lastSeenAt} /> · {text.ends} <Ago at={session.expiresAt} /></Words>
        {end.error && <Failure error={end.error} />}
      </div>
      <Button size="xs" variant="default" loading={end.isPending} onClick={() => (session.isCurrent ? signOut() : end.mutate())}>{text.end}</Button>
    </Group>
  );
}
