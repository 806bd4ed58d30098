import { Badge, Card, Group, Stack, Text as Words, Title } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { Ago } from '../../parts/time';
import { useText } from '../../text';

/** The files that tell where an address is, with their age. */
export function Places({ files }: { files: Schemas['PlaceFile'][] }) {
  const { settings: text } = useText();
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.places}>
      <Title order={2} size="h4" mb="sm">{text.places}</Title>
      {files.length === 0 && <Words>{text.noPlaces}</Words>}
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        {files.map(({ kind, file, holds, builtAt, loadedAt, ageDays, old }) => (
          <li key={kind}>
            <Group gap="xs">
              <Words fw={500}>{text.placeKinds[kind]}</Words>
              {old && <Badge variant="light" color="yellow" tt="none">{text.old(ageDays)}</Badge>}
            </Group>
            <Words size="sm" style={{ overflowWrap: 'anywhere' }}>{file}: {holds}</Words>
            <Words size="sm" c="dimmed">{text.built} <Ago at={builtAt} />, {text.read} <Ago at={loadedAt} /></Words>
            {old && <Words size="sm">{text.oldWhy}</Words>}
          </li>
        ))}
      </Stack>
    </Card>
  );
}
