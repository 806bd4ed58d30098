import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Action, actions, fits } from '../../api/act';
import type { Device } from '../../api/client';
import { to } from '../../parts/address';
import { Ask } from '../../parts/ask';
import { useMay } from '../../role';
import { useText } from '../../text';

/** What may be done with a device as it is. */
export function Actions({ app, device }: { app: string; device: Device }) {
  const { device: { actions: names } } = useText();
  const [asked, setAsked] = useState<Action>();
  const [, go] = useLocation();
  if (!useMay('operator', app)) {
    return null;
  }
  const leave = () => {
    if (asked === 'remove') {
      go(to.user(app, device.userId));
    }
  };
  return (
    <Group gap="xs">
      {actions.filter((action) => fits(action, device)).map((action) => (
        <Button key={action} size="sm" variant={action === 'block' ? 'filled' : 'default'} color={action === 'block' ? 'red' : undefined} onClick={() => setAsked(action)}>
          {names[action]}
        </Button>
      ))}
      {asked && <Ask key={asked} app={app} devices={[device]} action={asked} close={() => setAsked(undefined)} done={leave} />}
    </Group>
  );
}
