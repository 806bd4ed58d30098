import { Anchor, Button, Card, Code, Group, Stack, TextInput, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { type App, api, ask, askTagged } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { lines } from '../apps/lines';
import { Credentials } from './credentials';

export default function AppPage({ app }: { app: string }) {
  const { apps: text } = useText();
  const may = useMay('admin', app);
  const found = useQuery({ queryKey: ['app', app], queryFn: () => askTagged(api.GET('/v1/apps/{app}', { params: { path: { app } } })) });
  return (
    <Stack gap="lg">
      <Anchor component={Link} href={to.apps} size="sm">← {text.back}</Anchor>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Rows count={2} height={200} />}
      {found.data && (
        <>
          <Group>
            <Title order={1} size="h2">{found.data.value.name}</Title>
            <Code>{app}</Code>
          </Group>
          <Settings key={found.data.etag} app={found.data.value} etag={found.data.etag} may={may} />
          {may && <Credentials app={app} />}
        </>
      )}
    </Stack>
  );
}

interface Edited {
  app: App;
  etag: string | undefined;
  may: boolean;
}

function Settings({ app, etag, may }: Edited) {
  const { apps: text, device } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const [name, setName] = useState(app.name);
  const [origins, setOrigins] = useState(app.origins.join('\n'));
  const save = useMutation({
    mutationFn: () => perform(() => ask(api.PATCH('/v1/apps/{app}', {
      params: { path: { app: app.id }, header: { 'If-Match': etag } }, body: { name, origins: lines(origins) },
    }))),
    onSuccess: () => Promise.all([['app', app.id], ['apps']].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const changed = name !== app.name || lines(origins).join('\n') !== app.origins.join('\n');
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.settings}>
      <Title order={2} size="h4" mb="sm">{text.settings}</Title>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={device.name} required readOnly={!may} value={name} onChange={(e) => setName(e.target.value)} />
          <Textarea label={text.origins} description={text.originsHint} readOnly={!may} autosize minRows={2} value={origins} onChange={(e) => setOrigins(e.target.value)} />
          {save.error && <Failure error={save.error} />}
          {may && <Group><Button type="submit" disabled={!changed} loading={save.isPending}>{text.save}</Button></Group>}
        </Stack>
      </form>
    </Card>
  );
}
