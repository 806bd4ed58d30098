import { Button, Group, Text as Words, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Admin, type Schemas, api, ask } from '../../api/client';
import { FormDialogue } from '../../parts/form';
import { useDoor } from '../../session';
import { useText } from '../../text';
import { Grants } from './grants';

interface Of {
  admin: Admin;
  invited(by: Schemas['InvitedAdmin']): void;
}

type Action = 'edit' | 'invite' | 'disable' | 'enable' | 'remove';

/** What may be done with an account. One's own is not disabled or removed by mistake: another admin does that. */
export function AdminActions({ admin, invited }: Of) {
  const { admins: text } = useText();
  const { who } = useDoor();
  const [asked, setAsked] = useState<Action>();
  const others: Action[] = [...(admin.external ? [] : ['invite' as const]), admin.disabledAt ? 'enable' : 'disable', 'remove'];
  const possible: Action[] = ['edit', ...(who.admin.adminId === admin.adminId ? [] : others)];
  const close = () => setAsked(undefined);
  const one = { params: { path: { admin: admin.adminId } } };
  const common = { close, changes: [['admins'], ['session']] };
  return (
    <Group gap="xs">
      {possible.map((action) => <Button key={action} size="xs" variant="default" onClick={() => setAsked(action)}>{text.actions[action]}</Button>)}
      {asked === 'edit' && <Edit admin={admin} close={close} />}
      {asked === 'invite' && (
        <FormDialogue {...common} title={text.actions.invite} why={text.why.invite} verb={text.actions.invite} done={invited} send={() => ask(api.POST('/v1/admins/{admin}/invitation', one))} />
      )}
      {(asked === 'disable' || asked === 'enable') && (
        <FormDialogue
          {...common} title={text.actions[asked]} why={text.why[asked]} verb={text.actions[asked]} danger={asked === 'disable'}
          send={() => ask(api.PATCH('/v1/admins/{admin}', { ...one, body: { disabled: asked === 'disable' } }))}
        />
      )}
      {asked === 'remove' && (
        <FormDialogue {...common} title={text.actions.remove} why={text.why.remove(admin.login)} verb={text.actions.remove} danger send={() => ask(api.DELETE('/v1/admins/{admin}', one))} />
      )}
    </Group>
  );
}

function Edit({ admin, close }: { admin: Admin; close(): void }) {
  const { admins: text, device, apps } = useText();
  const [name, setName] = useState(admin.name);
  const [grants, setGrants] = useState(admin.grants);
  return (
    <FormDialogue
      title={text.actions.edit} verb={apps.save} close={close} changes={[['admins'], ['session']]}
      send={() => ask(api.PATCH('/v1/admins/{admin}', { params: { path: { admin: admin.adminId } }, body: { name, ...(!admin.external && { grants }) } }))}
    >
      <TextInput label={device.name} required autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} data-autofocus />
      {admin.external ? <Words size="sm" c="dimmed">{text.rolesFrom(admin.external.issuer)}</Words> : <Grants grants={grants} change={setGrants} />}
    </FormDialogue>
  );
}
