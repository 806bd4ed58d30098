import { Button, Group, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Action, act, takes } from '../api/act';
import type { Device } from '../api/client';
import { useDoor } from '../session';
import { useText } from '../text';
import { Dialogue } from './dialogue';
import { Failure } from './failure';

interface Asked {
  app: string;
  devices: Device[];
  action: Action;
  close(): void;
  done?: () => void;
}

/** Asks before something is done to devices, for the reason too. What was done to some stays done where others fail. */
export function Ask({ app, devices, action, close, done }: Asked) {
  const { device: text, user, session } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const wanted = takes[action];
  const [first] = devices;
  const [typed, setTyped] = useState(wanted === 'name' ? (first?.deviceName ?? '') : '');
  const send = useMutation({
    mutationFn: () => perform(async () => {
      for (const { deviceId } of devices) {
        await act(app, deviceId, action, typed);
      }
    }),
    onSuccess: () => {
      close();
      done?.();
    },
    onSettled: () => Promise.all([['device', app], ['devices', app], ['user', app]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const danger = action === 'block' || action === 'remove';
  return (
    <Dialogue close={close} title={devices.length === 1 ? text.ask[action] : user.several(text.actions[action], devices.length)}>
      <form onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}>
        <Stack>
          <Words>{text.why[action]}</Words>
          {wanted && (
            <TextInput
              label={wanted === 'name' ? text.name : text.reason} description={wanted === 'reason' ? text.reasonHint : undefined}
              required={action !== 'distrust'} maxLength={255} value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus
            />
          )}
          {send.error && <Failure error={send.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>{session.cancel}</Button>
            <Button type="submit" color={danger ? 'red' : undefined} loading={send.isPending}>{text.actions[action]}</Button>
          </Group>
        </Stack>
      </form>
    </Dialogue>
  );
}
