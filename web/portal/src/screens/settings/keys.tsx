import { Badge, Card, Code, Group, Stack, Text as Words, Title } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { useLanguage, useText } from '../../text';

/** The keys that verify device tokens; they take turns by themselves. */
export function Keys({ keys }: { keys: Schemas['SigningKey'][] }) {
  const { settings: text } = useText();
  const { language } = useLanguage();
  const day = (at: string) => new Date(at).toLocaleDateString(language, { dateStyle: 'medium' });
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.keys}>
      <Title order={2} size="h4">{text.keys}</Title>
      <Words size="sm" c="dimmed" mb="sm">{text.keysWhy}</Words>
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {keys.map(({ kid, alg, from, until, current }) => (
          <li key={kid}>
            <Group gap="xs">
              <Code style={{ overflowWrap: 'anywhere' }}>{kid}</Code>
              {current && <Badge variant="light" color="teal" tt="none">{text.signsNow}</Badge>}
            </Group>
            <Words size="sm" c="dimmed">{alg} · {text.between(day(from), day(until))}</Words>
          </li>
        ))}
      </Stack>
    </Card>
  );
}
