import { Anchor, Button, Card, List, Stack, Text as Words, Title } from '@mantine/core';
import { Link } from 'wouter';
import { to } from '../../parts/address';
import { useText } from '../../text';

/** In place of an overview of nothing: what to do so that there is something. */
export function Start({ app }: { app: string }) {
  const { overview: { start: text } } = useText();
  return (
    <Card withBorder padding="xl">
      <Stack align="start">
        <Title order={2} size="h3">{text.title}</Title>
        <Words maw={620}>{text.why}</Words>
        <List type="ordered" spacing="sm">
          {text.steps.map((step) => <List.Item key={step}>{step}</List.Item>)}
        </List>
        <Button component={Link} href={to.app(app)}>{text.toApp}</Button>
        <Words size="sm" c="dimmed">{text.docs} <Anchor href="/docs" inherit>{text.docsLink}</Anchor></Words>
      </Stack>
    </Card>
  );
}
