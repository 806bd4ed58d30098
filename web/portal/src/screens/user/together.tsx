import { Button } from '@mantine/core';
import { type Action, fits } from '../../api/act';
import type { Device } from '../../api/client';
import { useText } from '../../text';

const order: Action[] = ['approve', 'unblock', 'block', 'distrust', 'rename', 'remove'];

/** What may be done with the devices that were chosen: whatever fits one of them. A name is for one only. */
export function Together({ devices, ask }: { devices: Device[]; ask(action: Action): void }) {
  const { device: text } = useText();
  const possible = order.filter((action) => devices.some((device) => fits(action, device)) && (action !== 'rename' || devices.length === 1));
  return possible.map((action) => <Button key={action} size="xs" variant="default" onClick={() => ask(action)}>{text.actions[action]}</Button>);
}
