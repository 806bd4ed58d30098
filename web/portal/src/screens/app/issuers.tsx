import { Button, Card, Group, Paper, Stack, Text as Words, Title } from '@mantine/core';
import { useState } from 'react';
import { type App, type Schemas, api, ask } from '../../api/client';
import { InWords } from '../../parts/failure';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';
import { EditIssuer, type Edited } from './issuer';

export type Issuer = Schemas['Issuer'];

interface Listed {
  app: App;
  etag: string | undefined;
  may: boolean;
}

/** Replaces the app's issuers, unless the app was changed meanwhile. */
export function putIssuers(app: App, etag: string | undefined, issuers: Issuer[]): Promise<App> {
  return ask(api.PATCH('/v1/apps/{app}', { params: { path: { app: app.id }, header: { 'If-Match': etag } }, body: { issuers } }));
}

/** The OpenID providers whose tokens say who the app's users are. */
export function Issuers({ app, etag, may }: Listed) {
  const { appPage: text } = useText();
  const [edited, edit] = useState<Pick<Edited, 'app' | 'etag' | 'at'>>(); // the app as it was when the dialogue opened: a later one may have another in its place
  const [removed, remove] = useState<Issuer>();
  const changes = [['app', app.id], ['apps']];
  const removing = async (name: string) => {
    const left = app.issuers.filter(({ issuer }) => issuer !== name);
    if (left.length === app.issuers.length) {
      throw new InWords(text.issuerGone);
    }
    return putIssuers(app, etag, left);
  };
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.issuers}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">{text.issuers}</Title>
        {may && <Button variant="default" onClick={() => edit({ app, etag, at: app.issuers.length })}>{text.addIssuer}</Button>}
      </Group>
      <Words size="sm" c="dimmed" mb="md">{text.issuersWhy}</Words>
      <Stack gap="xs">
        {app.issuers.map((issuer, n) => (
          <Paper key={issuer.issuer} withBorder p="sm">
            <Group justify="space-between">
              <div style={{ minWidth: 0, flex: 1 }}>
                <Words fw={500} style={{ overflowWrap: 'anywhere' }}>{issuer.issuer}</Words>
                <Words size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{text.forAudiences(issuer.audiences.join(', '))}{issuer.introspection && ` · ${text.introspected}`}</Words>
              </div>
              {may && (
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={() => edit({ app, etag, at: n })} aria-label={`${text.editIssuer}: ${issuer.issuer}`}>{text.editIssuer}</Button>
                  <Button size="xs" variant="default" onClick={() => remove(issuer)} aria-label={`${text.removeIssuer}: ${issuer.issuer}`}>{text.removeIssuer}</Button>
                </Group>
              )}
            </Group>
          </Paper>
        ))}
      </Stack>
      {edited && <EditIssuer {...edited} close={() => edit(undefined)} />}
      {removed && (
        <FormDialogue
          title={text.removeIssuerAsk} why={text.removeIssuerWhy(removed.issuer)} verb={text.removeIssuer} danger close={() => remove(undefined)} changes={changes}
          send={() => removing(removed.issuer)}
        />
      )}
    </Card>
  );
}
