import { Checkbox, PasswordInput, SimpleGrid, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type App, ApiError } from '../../api/client';
import { InWords } from '../../parts/failure';
import { FormDialogue } from '../../parts/form';
import { useText } from '../../text';
import { empty, issuerOf, typedOf } from './issuer_form';
import { putIssuers } from './issuers';

export interface Edited {
  app: App;
  etag: string | undefined;
  /** The issuer's place in the app's list; one past its end for a new one. */
  at: number;
  close(): void;
}

/** All that can be said of an issuer. What is wrong is said at its field. */
export function EditIssuer({ app, etag, at, close }: Edited) {
  const { appPage: text } = useText();
  const before = app.issuers[at];
  const [typed, type] = useState(before ? typedOf(before) : empty);
  const [wrong, find] = useState<ApiError>();
  const said = (field: string) => wrong?.field?.startsWith(`issuers[${at}].${field}`) && <span lang="en">{wrong.message}</span>;
  const given = (field: Exclude<keyof typeof typed, 'introspects'>) => ({
    label: text.issuerFields[field], description: text.issuerHints[field], value: typed[field], onChange: (e: { target: { value: string } }) => type({ ...typed, [field]: e.target.value }),
  });
  const send = () => putIssuers(app, etag, app.issuers.toSpliced(at, 1, issuerOf(typed))).catch((error: unknown) => {
    find(error instanceof ApiError ? error : undefined);
    throw error instanceof ApiError && error.code === 'precondition_failed' ? new InWords(text.changedMeanwhile) : error;
  });
  return (
    <FormDialogue title={before ? text.editIssuer : text.addIssuer} verb={text.saveIssuer} close={close} changes={[['app', app.id], ['apps']]} send={send}>
      <TextInput {...given('issuer')} error={said('issuer')} required data-autofocus />
      <Textarea {...given('audiences')} error={said('audiences')} required autosize minRows={1} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput {...given('userClaim')} error={said('userClaim')} />
        <TextInput {...given('leeway')} error={said('leeway')} />
      </SimpleGrid>
      <TextInput {...given('algorithms')} error={said('algorithms')} />
      <Textarea {...given('require')} error={said('require')} autosize minRows={1} />
      <Textarea {...given('factor')} error={said('factor')} autosize minRows={1} />
      <Checkbox label={text.introspects} checked={typed.introspects} onChange={(e) => type({ ...typed, introspects: e.target.checked })} />
      {typed.introspects && (
        <>
          <TextInput {...given('endpoint')} error={said('introspection.endpoint')} />
          <TextInput {...given('clientId')} error={said('introspection.clientId')} required />
          <PasswordInput {...given('clientSecret')} error={said('introspection.clientSecret')} autoComplete="new-password" placeholder={before?.introspection ? text.secretKept : undefined} />
          <TextInput {...given('cacheFor')} error={said('introspection.cacheFor')} />
        </>
      )}
    </FormDialogue>
  );
}
