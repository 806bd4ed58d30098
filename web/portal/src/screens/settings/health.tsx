import { Badge, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { useText } from '../../text';

type Check = Schemas['Check'];

const colours = { ok: 'teal', warn: 'yellow', fail: 'red' } as const;

/** What has to hold, and whether it does; each in words, since a colour alone tells not everyone. */
export function Health({ checks }: { checks: Check[] }) {
  const { settings: text } = useText();
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.health}>
      <Title order={2} size="h4" mb="sm">{text.health}</Title>
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {checks.map(({ name, health, detail }) => (
          <Group component="li" key={name} gap="sm" align="start">
            <Badge variant="light" color={colours[health]} tt="none" miw={72}>{text.healths[health]}</Badge>
            <div style={{ flex: 1, minWidth: 180 }}>
              <Words fw={500}>{text.checks[name]}</Words>
              {health === 'ok' ? undefined : <Words size="sm" lang="en">{detail}</Words>}
            </div>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
