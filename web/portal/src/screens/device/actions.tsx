import { Button, Group, Stack, Text as Words, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Device, api, ask } from '../../api/client';
import { isTrusted } from '../../parts/badges';
import { Dialogue } from '../../parts/dialogue';
import { Failure } from '../../parts/failure';
import { to } from '../../parts/address';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { type Text, useText } from '../../text';

type Action = keyof Text['device']['actions'];

/** What may be done with a device as it is. */
function possible(device: Device): Action[] {
  const blocked = device.status === 'blocked';
  return [
    ...(device.status === 'pending' ? (['approve'] as const) : []),
    blocked ? 'unblock' : 'block',
    ...(isTrusted(device) ? (['distrust'] as const) : []),
    'rename', 'remove',
  ];
}

const takesText: Partial<Record<Action, 'reason' | 'name'>> = { block: 'reason', distrust: 'reason', rename: 'name' };

export function Actions({ app, device }: { app: string; device: Device }) {
  const { device: { actions } } = useText();
  const [asked, setAsked] = useState<Action>();
  if (!useMay('operator', app)) {
    return null;
  }
  return (
    <Group gap="xs">
      {possible(device).map((action) => (
        <Button key={action} size="sm" variant={action === 'block' ? 'filled' : 'default'} color={action === 'block' ? 'red' : undefined} onClick={() => setAsked(action)}>
          {actions[action]}
        </Button>
      ))}
      {asked && <Ask key={asked} app={app} device={device} action={asked} close={() => setAsked(undefined)} />}
    </Group>
  );
}

function Ask({ app, device, action, close }: { app: string; device: Device; action: Action; close(): void }) {
  const { device: text, session } = useText();
  const { perform } = useDoor();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const takes = takesText[action];
  const [typed, setTyped] = useState(takes === 'name' ? device.deviceName : '');
  const act = useMutation({
    mutationFn: () => perform(() => send(app, device.deviceId, action, typed)),
    onSuccess: async () => {
      close();
      if (action === 'remove') {
        go(to.user(app, device.userId));
      }
      await queries.invalidateQueries({ queryKey: ['device', app, device.deviceId] });
      await queries.invalidateQueries({ queryKey: ['devices', app] });
    },
  });
  return (
    <Dialogue close={close} title={text.ask[action]}>
      <form onSubmit={(event) => {
        event.preventDefault();
        act.mutate();
      }}>
        <Stack>
          <Words>{text.why[action]}</Words>
          {takes && (
            <TextInput
              label={takes === 'name' ? text.name : text.reason} description={takes === 'reason' ? text.reasonHint : undefined}
              required={action !== 'distrust'} maxLength={255} value={typed} onChange={(e) => setTyped(e.target.value)} data-autofocus
            />
          )}
          {act.error && <Failure error={act.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>{session.cancel}</Button>
            <Button type="submit" color={action === 'block' || action === 'remove' ? 'red' : undefined} loading={act.isPending}>{text.actions[action]}</Button>
          </Group>
        </Stack>
      </form>
    </Dialogue>
  );
}

function send(app: string, device: string, action: Action, typed: string): Promise<unknown> {
  const params = { path: { app, device } };
  switch (action) {
    case 'block':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/block', { params, body: { reason: typed } }));
    case 'unblock':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/unblock', { params, body: {} }));
    case 'approve':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/approve', { params }));
    case 'distrust':
      return ask(api.POST('/v1/apps/{app}/devices/{device}/distrust', { params, body: { reason: typed || undefined } }));
    case 'remove':
      return ask(api.DELETE('/v1/apps/{app}/devices/{device}', { params }));
    case 'rename':
      return ask(api.PATCH('/v1/apps/{app}/devices/{device}', { params, body: { deviceName: typed } }));
  }
}
