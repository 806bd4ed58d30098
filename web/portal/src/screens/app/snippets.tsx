import { Button, Card, Code, CopyButton, Group, SegmentedControl, Stack, Text as Words, Title } from '@mantine/core';
import { useState } from 'react';
import type { App } from '../../api/client';
import { useText } from '../../text';
import { kinds, snippetsFor } from './snippet_text';

/** What to paste into the app, with its id and the addresses filled in. */
export function Snippets({ app }: { app: App }) {
  const { appPage: text, device } = useText();
  const [kind, choose] = useState<(typeof kinds)[number]>('web');
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.snippets}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">{text.snippets}</Title>
        <SegmentedControl aria-label={text.snippets} value={kind} onChange={(value) => choose(value as typeof kind)} data={kinds.map((value) => ({ value, label: text.snippetKinds[value] }))} />
      </Group>
      <Words size="sm" c="dimmed" mb="md">{text.snippetsWhy[kind]}</Words>
      <Stack>
        {snippetsFor(kind, { app: app.id, service: location.origin, origin: app.origins[0] ?? 'https://app.example.com' }).map(({ name, code }) => (
          <div key={name}>
            <Group justify="space-between" mb={4}>
              <Title order={3} size="h6">{name}</Title>
              <CopyButton value={code}>
                {(clipboard) => <Button size="compact-sm" variant="subtle" onClick={clipboard.copy} aria-label={`${device.copy}: ${name}`}>{clipboard.copied ? device.copied : device.copy}</Button>}
              </CopyButton>
            </Group>
            <Code block tabIndex={0} style={{ maxHeight: 360 }}>{code}</Code>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
