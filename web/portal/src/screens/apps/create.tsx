import { TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type Schemas, api, ask } from '../../api/client';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';
import { lines } from './lines';

export function CreateApp({ close, done }: { close(): void; done(created: Schemas['CreatedApp']): void }) {
  const { apps: text, device } = useText();
  const [name, setName] = useState('');
  const [id, setId] = useState('');
  const [origins, setOrigins] = useState('');
  return (
    <FormDialogue
      title={text.createAsk} verb={text.create} close={close} done={done} changes={[['apps']]}
      send={() => ask(api.POST('/v1/apps', { body: { name, id: id || undefined, origins: lines(origins) } }))}
    >
      <TextInput label={device.name} required value={name} onChange={(e) => setName(e.target.value)} data-autofocus />
      <TextInput label={text.id} description={text.idHint} value={id} onChange={(e) => setId(e.target.value)} />
      <Textarea label={text.origins} description={text.originsHint} autosize minRows={2} value={origins} onChange={(e) => setOrigins(e.target.value)} />
    </FormDialogue>
  );
}
