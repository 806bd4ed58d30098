import { Button, Group, Loader, Menu, Stack, Text as Words } from '@mantine/core';
import { useState } from 'react';
import { Dialogue } from '../../../parts/dialogue';
import { Failure } from '../../../parts/failure';
import { useLanguage, useText } from '../../../text';
import type { Filter } from '../view';
import { type Format, formats, most, useExport } from './run';

/** Offers all devices that fit as a file. */
export function Export({ app, filter }: { app: string; filter: Filter }) {
  const { bulk: text } = useText();
  const [format, setFormat] = useState<Format>();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default">{text.export}</Button></Menu.Target>
        <Menu.Dropdown>
          {formats.map((name) => <Menu.Item key={name} onClick={() => setFormat(name)}>{text.formats[name]}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      {format && <Running app={app} filter={filter} format={format} close={() => setFormat(undefined)} />}
    </>
  );
}

function Running({ close, ...of }: { app: string; filter: Filter; format: Format; close(): void }) {
  const { bulk: text, session } = useText();
  const { language } = useLanguage();
  const { rows, state, error, again } = useExport(of.app, of.filter, of.format);
  const count = (n: number) => n.toLocaleString(language);
  return (
    <Dialogue title={text.formats[of.format]} close={close}>
      <Stack>
        <Group role="status" wrap="nowrap">
          {state === 'running' && <Loader size="sm" />}
          <Words>{state === 'done' ? text.exported(count(rows), rows) : state === 'full' ? text.exportFull(count(most)) : text.exporting(count(rows))}</Words>
        </Group>
        <Words size="sm" c="dimmed">{text.exportOrder}</Words>
        {state === 'failed' && <Failure error={error} retry={again} byHand />}
        <Group justify="end">
          <Button variant="default" onClick={close}>{state === 'running' || state === 'failed' ? session.cancel : text.close}</Button>
        </Group>
      </Stack>
    </Dialogue>
  );
}
