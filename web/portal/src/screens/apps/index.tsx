import { Anchor, Badge, Button, Card, Code, Group, SimpleGrid, Stack, Text as Words, Title } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { App, Schemas } from '../../api/client';
import { useApps } from '../../api/apps';
import { to } from '../../parts/address';
import { Once } from '../../parts/once';
import { Empty } from '../../parts/states';
import { useMay } from '../../role';
import { useText } from '../../text';
import { CreateApp } from './create';

export default function Apps() {
  const { apps: text } = useText();
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<Schemas['CreatedApp']>();
  const [, go] = useLocation();
  const items = useApps().data?.items ?? [];
  const may = useMay('admin');
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">{text.title}</Title>
        {may && <Button onClick={() => setCreating(true)}>{text.create}</Button>}
      </Group>
      {!items.some(({ builtIn }) => !builtIn) && <Empty icon="apps">{may ? text.empty : text.none}</Empty>}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {items.map((app) => <AppCard key={app.id} app={app} />)}
      </SimpleGrid>
      {creating && <CreateApp close={() => setCreating(false)} done={setCreated} />}
      {created && <Once title={text.firstKey} secret={created.credential.key} close={() => go(to.app(created.app.id))} />}
    </Stack>
  );
}

function AppCard({ app }: { app: App }) {
  const { apps: text, appPage } = useText();
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Anchor component={Link} href={to.app(app.id)} data-walk fw={600}>{app.name}</Anchor>
        {app.builtIn && <Badge variant="light" color="gray" tt="none">{appPage.builtIn}</Badge>}
      </Group>
      <Words size="sm" c="dimmed" component="div"><Code>{app.id}</Code></Words>
      <Words size="sm" mt="xs" style={{ overflowWrap: 'anywhere' }}>{app.origins.join(', ') || text.noOrigins}</Words>
    </Card>
  );
}
