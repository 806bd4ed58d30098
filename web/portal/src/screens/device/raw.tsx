import { Button, Card, Code, Collapse, CopyButton, Group, Title } from '@mantine/core';
import { useId, useState } from 'react';
import type { Device } from '../../api/client';
import { useText } from '../../text';

/** The device as the API gives it. */
export function Raw({ device }: { device: Device }) {
  const { device: text } = useText();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const json = JSON.stringify(device, null, 2);
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.raw}>
      <Group justify="space-between">
        <Title order={2} size="h4">{text.raw}</Title>
        <Group gap="xs">
          <CopyButton value={json}>
            {(clipboard) => <Button size="xs" variant="default" onClick={clipboard.copy}>{clipboard.copied ? text.copied : text.copy}</Button>}
          </CopyButton>
          <Button size="xs" variant="default" aria-expanded={opened} aria-controls={id} onClick={() => setOpened(!opened)}>{opened ? text.hide : text.show}</Button>
        </Group>
      </Group>
      <Collapse id={id} expanded={opened}><Code block mt="sm" tabIndex={0}>{json}</Code></Collapse>
    </Card>
  );
}
