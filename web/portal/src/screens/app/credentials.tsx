import { Badge, Button, Card, Group, Paper, Stack, Text as Words, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { FormDialogue } from '../../parts/form';
import { Once } from '../../parts/once';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { useText } from '../../text';
import { CreateCredential } from './create_credential';

type Credential = Schemas['Credential'];

/** The keys by which the app's backend and programs of its admins call the API. */
export function Credentials({ app }: { app: string }) {
  const { credentials: text } = useText();
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [revoked, setRevoked] = useState<Credential>();
  const list = useQuery({ queryKey: ['credentials', app], queryFn: () => ask(api.GET('/v1/apps/{app}/credentials', { params: { path: { app } } })) });
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.title}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4">{text.title}</Title>
        <Button variant="default" onClick={() => setCreating(true)}>{text.create}</Button>
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={2} />}
      <Stack gap="xs">
        {list.data?.items.map((credential) => <Row key={credential.id} credential={credential} revoke={() => setRevoked(credential)} />)}
        {list.data?.items.length === 0 && text.none}
      </Stack>
      {creating && <CreateCredential app={app} close={() => setCreating(false)} done={({ key }) => setSecret(key)} />}
      {secret && <Once title={text.shown} secret={secret} close={() => setSecret(undefined)} />}
      {revoked && (
        <FormDialogue
          title={text.revokeAsk(revoked.name)} why={text.revokeWhy} verb={text.revoke} danger close={() => setRevoked(undefined)} changes={[['credentials', app]]}
          send={() => ask(api.DELETE('/v1/apps/{app}/credentials/{credential}', { params: { path: { app, credential: revoked.id } } }))}
        />
      )}
    </Card>
  );
}

function Row({ credential, revoke }: { credential: Credential; revoke(): void }) {
  const { credentials: text, appPage, roles } = useText();
  const { revokedAt, expiresAt, lastUsedAt, role } = credential;
  const over = !!revokedAt || (!!expiresAt && new Date(expiresAt) < new Date());
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Words fw={500}>{credential.name}</Words>
            {over && <Badge variant="light" color="gray" tt="none">{revokedAt ? text.revoked : text.expired}</Badge>}
          </Group>
          <Words size="sm" c="dimmed">{role ? roles[role as keyof typeof roles] : credential.scopes?.join(', ')}</Words>
          <Words size="sm" c="dimmed">{text.created} <Ago at={credential.createdAt} />{expiresAt && <>, {text.expires} <Ago at={expiresAt} /></>}</Words>
          <Words size="sm" c="dimmed">{lastUsedAt ? <>{appPage.lastUsed} <Ago at={lastUsedAt} /></> : appPage.neverUsed}</Words>
        </div>
        {!over && <Button size="xs" variant="default" onClick={revoke} aria-label={`${text.revoke}: ${credential.name}`}>{text.revoke}</Button>}
      </Group>
    </Paper>
  );
}
