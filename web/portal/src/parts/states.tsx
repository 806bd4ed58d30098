import { Paper, Skeleton, Stack, Text as Words } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

/** In place of a list without entries: what would be here, and what to do. */
export function Empty({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <Paper withBorder p="xl" bg="transparent">
      <Stack align="center" gap="sm" c="dimmed">
        <Icon name={icon} size={36} />
        <Words ta="center" maw={420} component="div">{children}</Words>
      </Stack>
    </Paper>
  );
}

/** Holds the place of rows that are on their way. */
export function Rows({ count = 6, height = 52 }: { count?: number; height?: number }) {
  return (
    <Stack gap="xs" aria-hidden>
      {Array.from({ length: count }, (_, i) => <Skeleton key={i} height={height} />)}
    </Stack>
  );
}
