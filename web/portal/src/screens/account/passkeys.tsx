import { Button, Card, Group, Stack, Text as Words, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { Failure } from '../../parts/failure';
import { FormDialogue } from '../../parts/form';
import { Rows } from '../../parts/states';
import { Ago } from '../../parts/time';
import { makePasskey, useWays } from '../../session/passkey';
import { useText } from '../../text';

type Passkey = Schemas['Passkey'];

/** One's own passkeys. */
export function Passkeys() {
  const { passkeys: text } = useText();
  const { passkeys: usable, place } = useWays();
  const [adding, setAdding] = useState(false);
  const list = useQuery({ queryKey: ['passkeys'], queryFn: () => ask(api.GET('/v1/admin/passkeys')) });
  return (
    <Card withBorder padding="lg" component="section" aria-label={text.title}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4">{text.title}</Title>
        {usable && <Button size="xs" onClick={() => setAdding(true)}>{text.add}</Button>}
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={1} height={48} />}
      {list.data?.items.length === 0 && <Words c="dimmed">{text.none}</Words>}
      <Stack component="ul" m={0} p={0}>{list.data?.items.map((passkey) => <One key={passkey.passkeyId} passkey={passkey} />)}</Stack>
      {!usable && <Words size="sm" c="dimmed" mt="sm">{place && place !== location.origin ? text.elsewhere(place) : text.nowhere}</Words>}
      {adding && <Add close={() => setAdding(false)} />}
    </Card>
  );
}

function One({ passkey }: { passkey: Passkey }) {
  const { passkeys: text, device } = useText();
  const [asked, setAsked] = useState<'rename' | 'remove'>();
  const close = () => setAsked(undefined);
  const path = { passkey: passkey.passkeyId };
  return (
    <Group component="li" justify="space-between">
      <div style={{ minWidth: 0, flex: 1 }}>
        <Words fw={500} style={{ overflowWrap: 'anywhere' }}>{passkey.name}</Words>
        <Words size="sm" c="dimmed">{text.added} <Ago at={passkey.createdAt} /> · {passkey.lastUsedAt ? <>{text.used} <Ago at={passkey.lastUsedAt} /></> : text.unused}</Words>
      </div>
      <Group gap="xs">
        <Button size="xs" variant="default" aria-label={`${device.actions.rename}: ${passkey.name}`} onClick={() => setAsked('rename')}>{device.actions.rename}</Button>
        <Button size="xs" variant="default" aria-label={`${device.actions.remove}: ${passkey.name}`} onClick={() => setAsked('remove')}>{device.actions.remove}</Button>
      </Group>
      {asked === 'rename' && <Rename passkey={passkey} close={close} />}
      {asked === 'remove' && (
        <FormDialogue
          title={text.removeAsk(passkey.name)} why={text.removeWhy} verb={device.actions.remove} danger close={close} changes={[['passkeys']]}
          send={() => ask(api.DELETE('/v1/admin/passkeys/{passkey}', { params: { path } }))}
        />
      )}
    </Group>
  );
}

function Rename({ passkey, close }: { passkey: Passkey; close(): void }) {
  const { passkeys: text, device } = useText();
  const [name, setName] = useState(passkey.name);
  const send = () => ask(api.PATCH('/v1/admin/passkeys/{passkey}', { params: { path: { passkey: passkey.passkeyId } }, body: { name } }));
  return (
    <FormDialogue title={text.renameAsk} verb={device.actions.rename} close={close} changes={[['passkeys']]} send={send}>
      <Name name={name} change={setName} />
    </FormDialogue>
  );
}

/** The browser asks where the passkey is to be kept. */
function Add({ close }: { close(): void }) {
  const { passkeys: text } = useText();
  const [name, setName] = useState('');
  const send = async () => {
    const made = await makePasskey(await ask(api.POST('/v1/admin/passkeys/options')), text);
    return ask(api.POST('/v1/admin/passkeys', { body: { ...made, name } }));
  };
  return (
    <FormDialogue title={text.addAsk} why={text.addWhy} verb={text.add} close={close} changes={[['passkeys']]} send={send}>
      <Name name={name} change={setName} />
    </FormDialogue>
  );
}

function Name({ name, change }: { name: string; change(name: string): void }) {
  const { passkeys: text, device } = useText();
  return <TextInput label={device.name} description={text.nameHint} required autoComplete="off" maxLength={255} value={name} onChange={(e) => change(e.target.value)} data-autofocus />;
}
