import { List, Progress, Text as Words, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { type Action, act, takes } from '../api/act';
import { ApiError, type Device } from '../api/client';
import { useText } from '../text';
import { InWords } from './failure';
import { FormDialogue } from './form';
import { Moment } from './moment';

interface Asked {
  app: string;
  devices: Device[];
  action: Action;
  close(): void;
  done?: () => void;
}

interface Failed {
  device: Device;
  error: unknown;
}

/** Asks before something is done to devices, for the reason too. What was done to some stays done where others fail, and another try is for those only. */
export function Ask({ app, devices: asked, action, close, done }: Asked) {
  const [devices] = useState(asked); // those that are done no longer fit, and leave the list behind
  const { device: text, user } = useText();
  const wanted = takes[action];
  const [typed, setTyped] = useState(wanted === 'name' ? (devices[0]?.deviceName ?? '') : '');
  const [until, setUntil] = useState('');
  const { send, sent, failed } = useEach(devices, (device) => act(app, device.deviceId, action, typed, until || undefined));
  return (
    <FormDialogue
      title={devices.length === 1 ? text.ask[action] : user.several(text.actions[action], devices.length)} why={text.why[action]}
      verb={text.actions[action]} danger={action === 'block' || action === 'remove'} send={send} changes={[['device', app], ['devices', app], ['user', app], ['users', app]]}
      close={close} done={done}
    >
      {wanted && (
        <TextInput
          label={wanted === 'name' ? text.name : text.reason} description={wanted === 'reason' ? text.reasonHint : undefined}
          required={action !== 'distrust'} maxLength={255} value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus
        />
      )}
      {action === 'block' && <Moment label={user.until} description={user.untilHint} value={until} change={setUntil} />}
      {devices.length > 1 && sent > 0 && <Progress value={(100 * sent) / devices.length} aria-label={user.doneOf(sent, devices.length)} />}
      {failed.length > 0 && devices.length > 1 && (
        <List size="sm" aria-label={user.failed}>
          {failed.map(({ device, error }) => <List.Item key={device.deviceId}><Words span fw={500}>{device.deviceName}</Words>: <span lang="en">{error instanceof Error && error.message}</span></List.Item>)}
        </List>
      )}
    </FormDialogue>
  );
}

const everyone = ['reauthentication_required', 'unauthenticated', 'unavailable', 'forbidden']; // what is no matter of the one device

/** Does something to one device after the other. Those that it fails for are left for another try, and the others are not done twice. */
function useEach(devices: Device[], one: (device: Device) => Promise<unknown>) {
  const { user } = useText();
  const left = useRef(devices);
  const [sent, setSent] = useState(0);
  const [failed, setFailed] = useState<Failed[]>([]);
  const send = async () => {
    const failures: Failed[] = [];
    for (const device of left.current) {
      try {
        await one(device);
        left.current = left.current.filter((other) => other !== device);
      } catch (error) {
        if (error instanceof ApiError && everyone.includes(error.code)) {
          throw error;
        }
        failures.push({ device, error });
      }
      setSent(devices.length - left.current.length);
    }
    setFailed(failures);
    const [first] = failures;
    if (first) {
      throw devices.length === 1 ? first.error : new InWords(user.failedOf(failures.length, devices.length));
    }
  };
  return { send, sent, failed };
}
