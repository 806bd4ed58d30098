import { Alert, Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { useText } from '../text';
import { Dialogue } from './dialogue';

/** A secret that is shown now and never again; it goes once its reader says that they have it. */
export function Once({ title, secret, close }: { title: string; secret: string; close(): void }) {
  const { once, device } = useText();
  return (
    <Dialogue title={title}>
      <Stack>
        <Alert color="yellow" variant="light">{once.why}</Alert>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{secret}</Code>
        <Group justify="end">
          <CopyButton value={secret}>
            {(clipboard) => <Button variant="default" onClick={clipboard.copy}>{clipboard.copied ? device.copied : device.copy}</Button>}
          </CopyButton>
          <Button onClick={close}>{once.kept}</Button>
        </Group>
      </Stack>
    </Dialogue>
  );
}
