import { Alert, Anchor, Button, Card, Code, Group, Stack, Text as Words, TextInput, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { type App, ApiError, api, askTagged } from '../../api/client';
import { to } from '../../parts/address';
import { Failure } from '../../parts/failure';
import { Rows } from '../../parts/states';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { lines } from '../apps/lines';
import { Credentials } from './credentials';
import { Issuers } from './issuers';
import { RemoveApp } from './remove';
import { Snippets } from './snippets';

export default function AppPage({ app }: { app: string }) {
  const { appPage, apps } = useText();
  const text = { ...apps, ...appPage };
  const overAll = useMay('admin');
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
          {found.data.value.builtIn && <Words>{text.builtInWhy}</Words>}
          <Settings key={app} app={found.data.value} etag={found.data.etag} may={may} />
          {!found.data.value.builtIn && (
            <>
              <Issuers app={found.data.value} etag={found.data.etag} may={may} />
              {may && <Credentials app={app} />}
              <Snippets app={found.data.value} />
              {overAll && <RemoveApp app={found.data.value} />}
            </>
          )}
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

/** Stands on the version that it began with: a later one, as of an issuer that was added, takes nothing that is typed. */
function Settings({ app, etag, may }: Edited) {
  const { apps: text, appPage: words, device } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const [base, hold] = useState({ app, etag });
  const [seen, see] = useState(etag);
  const [outdated, setOutdated] = useState(false);
  const [name, setName] = useState(app.name);
  const [origins, setOrigins] = useState(app.origins.join('\n'));
  const changed = name !== base.app.name || lines(origins).join('\n') !== base.app.origins.join('\n');
  const begin = (from: typeof base) => {
    keep(from);
    setName(from.app.name);
    setOrigins(from.app.origins.join('\n'));
  };
  const keep = (from: typeof base) => {
    hold(from);
    setOutdated(false);
  };
  if (seen !== etag) {
    see(etag);
    if (!changed) {
      begin({ app, etag });
    } else if (app.name === base.app.name && app.origins.join('\n') === base.app.origins.join('\n')) {
      keep({ app, etag });
    } else {
      setOutdated(base.etag !== etag);
    }
  }
  const save = useMutation({
    mutationFn: () => perform(() => askTagged(api.PATCH('/v1/apps/{app}', {
      params: { path: { app: app.id }, header: { 'If-Match': base.etag } }, body: { name, ...(!app.builtIn && { origins: lines(origins) }) },
    }))),
    onSuccess: (saved) => {
      queries.setQueryData(['app', app.id], saved);
      begin({ app: saved.value, etag: saved.etag });
      return queries.invalidateQueries({ queryKey: ['apps'] });
    },
    onError: (error) => error instanceof ApiError && error.code === 'precondition_failed' && queries.invalidateQueries({ queryKey: ['app', app.id] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.settings}>
      <Title order={2} size="h4" mb="sm">{text.settings}</Title>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={device.name} required readOnly={!may} value={name} onChange={(e) => setName(e.target.value)} />
          <Textarea label={text.origins} description={text.originsHint} readOnly={!may || app.builtIn} autosize minRows={2} value={origins} onChange={(e) => setOrigins(e.target.value)} />
          {save.error && <Failure error={save.error} />}
          {outdated && (
            <Alert role="alert" variant="light" color="yellow" title={app.name}>
              <Words size="sm">{words.newer}</Words>
              {app.origins.map((origin) => <Code key={origin} mr="xs">{origin}</Code>)}
              <Group mt="sm">
                <Button size="xs" variant="default" onClick={() => { save.reset(); begin({ app, etag }); }}>{words.takeNewer}</Button>
                <Button size="xs" variant="default" onClick={() => { save.reset(); keep({ app, etag }); }}>{words.keepTyped}</Button>
              </Group>
            </Alert>
          )}
          {may && <Group><Button type="submit" disabled={!changed} loading={save.isPending}>{text.save}</Button></Group>}
        </Stack>
      </form>
    </Card>
  );
}
