import { Button, Card, Group, TextInput, Text as Words, Title } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type App, api, ask } from '../../api/client';
import { to } from '../../parts/address';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';

/** The app's id has to be typed, so that no slip of the finger removes it. */
export function RemoveApp({ app }: { app: App }) {
  const { appPage: text, user } = useText();
  const [, go] = useLocation();
  const [asked, ask_] = useState(false);
  const [typed, type] = useState('');
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.remove}>
      <Group justify="space-between">
        <div style={{ flex: 1, minWidth: 220 }}>
          <Title order={2} size="h4">{text.remove}</Title>
          <Words size="sm" c="dimmed">{text.removeWhy}</Words>
        </div>
        <Button variant="outline" color="red" onClick={() => ask_(true)}>{text.remove}</Button>
      </Group>
      {asked && (
        <FormDialogue
          title={text.removeAsk(app.name)} why={text.removeWhy} verb={text.remove} danger ready={typed === app.id} close={() => ask_(false)} done={() => go(to.apps)} changes={[['apps']]}
          send={() => ask(api.DELETE('/v1/apps/{app}', { params: { path: { app: app.id } } }))}
        >
          <TextInput label={user.type(app.id)} autoComplete="off" value={typed} onChange={(e) => type(e.target.value)} data-autofocus />
        </FormDialogue>
      )}
    </Card>
  );
}
