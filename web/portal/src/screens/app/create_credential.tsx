import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { FormDialogue } from '../../parts/form';
import { roles } from '../../role';
import { useText } from '../../text';

/** What a backend's credential may open, as the service names it. */
const scopes = ['devices:read', 'devices:write', 'decisions', 'tickets', 'users', 'events:read'];
const backend = 'backend';

interface Created {
  app: string;
  close(): void;
  done(issued: Schemas['IssuedCredential']): void;
}

export function CreateCredential({ app, close, done }: Created) {
  const { credentials: text, device, roles: names } = useText();
  const [name, setName] = useState('');
  const [kind, setKind] = useState(backend);
  const [chosen, setChosen] = useState(['devices:read', 'devices:write', 'decisions', 'tickets']);
  const [ttl, setTtl] = useState('P365D');
  const holds = kind === backend ? { scopes: chosen } : { role: kind };
  return (
    <FormDialogue
      title={text.createAsk} verb={text.create} ready={kind !== backend || chosen.length > 0} close={close} done={done} changes={[['credentials', app]]}
      send={() => ask(api.POST('/v1/apps/{app}/credentials', { params: { path: { app } }, body: { name, ttl: ttl || undefined, ...holds } }))}
    >
      <TextInput label={device.name} required value={name} onChange={(e) => setName(e.target.value)} data-autofocus />
      <NativeSelect label={text.for} value={kind} onChange={(e) => setKind(e.target.value)}>
        <option value={backend}>{text.backend}</option>
        {roles.map((role) => <option key={role} value={role}>{text.admin(names[role])}</option>)}
      </NativeSelect>
      {kind === backend && (
        <Checkbox.Group label={text.scopes} value={chosen} onChange={setChosen}>
          <Stack gap="xs" mt="xs">{scopes.map((scope) => <Checkbox key={scope} value={scope} label={text.scopeNames[scope] ?? scope} />)}</Stack>
        </Checkbox.Group>
      )}
      <NativeSelect label={text.ends} value={ttl} onChange={(e) => setTtl(e.target.value)} data={Object.entries(text.terms).map(([value, label]) => ({ value, label }))} />
    </FormDialogue>
  );
}
