import { Text as Words } from '@mantine/core';
import { useDoor } from '../session';
import { useText } from '../text';
import { Ago } from '../parts/time';
import { useOwnDevice } from './own';

/** Says which of one's devices this browser is. */
export function ThisDevice() {
  const { ownDevice: text } = useText();
  const { who } = useDoor();
  const device = useOwnDevice(who).data?.device;
  if (!device) {
    return null;
  }
  return <Words size="sm" c="dimmed">{text.this(device.deviceName)} <Ago at={device.createdAt} /></Words>;
}
