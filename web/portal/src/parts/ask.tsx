import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Action, act, takes } from '../api/act';
import type { Device } from '../api/client';
import { useText } from '../text';
import { FormDialogue } from './form';

interface Asked {
  app: string;
  devices: Device[];
  action: Action;
  close(): void;
  done?: () => void;
}

/** Asks before something is done to devices, for the reason too. What was done to some stays done where others fail. */
export function Ask({ app, devices, action, close, done }: Asked) {
  const { device: text, user } = useText();
  const wanted = takes[action];
  const [typed, setTyped] = useState(wanted === 'name' ? (devices[0]?.deviceName ?? '') : '');
  const send = async () => {
    for (const { deviceId } of devices) {
      await act(app, deviceId, action, typed);
    }
  };
  return (
    <FormDialogue
      title={devices.length === 1 ? text.ask[action] : user.several(text.actions[action], devices.length)} why={text.why[action]}
      verb={text.actions[action]} danger={action === 'block' || action === 'remove'} send={send} changes={[['device', app], ['devices', app], ['user', app]]}
      close={close} done={done}
    >
      {wanted && (
        <TextInput
          label={wanted === 'name' ? text.name : text.reason} description={wanted === 'reason' ? text.reasonHint : undefined}
          required={action !== 'distrust'} maxLength={255} value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus
        />
      )}
    </FormDialogue>
  );
}
