import { useEffect, useRef, useState } from 'react';
import { type Device, api, ask } from '../../../api/client';
import { save } from '../../user/save';
import { useDoor } from '../../../session';
import type { Filter } from '../view';
import { head, linesOf } from './csv';

export const formats = ['csv', 'json'] as const;
export type Format = (typeof formats)[number];

export const most = 100_000; // rows of one file

export interface Progress {
  rows: number;
  state: 'running' | 'done' | 'full' | 'failed';
  error?: unknown;
}

const writers: Record<Format, { type: string; open: string; close: string; of(devices: Device[], before: number): string }> = {
  csv: { type: 'text/csv;charset=utf-8', open: head, close: '', of: linesOf },
  json: {
    type: 'application/json', open: '[\n', close: '\n]\n',
    of: (devices, before) => devices.map((device, i) => (before + i > 0 ? ',\n' : '') + JSON.stringify(device)).join(''),
  },
};

/** Reads all devices that fit, page by page, and then hands them over as one file. Leaving ends it; after a failure it goes on where it was. */
export function useExport(app: string, filter: Filter, format: Format) {
  const { perform } = useDoor();
  const [progress, setProgress] = useState<Progress>({ rows: 0, state: 'running' });
  const file = useRef({ parts: [] as string[], rows: 0, cursor: undefined as string | undefined });
  const [tries, setTries] = useState(0);
  const { current: asked } = useRef({ filter, format }); // what the list changes to meanwhile is another export
  useEffect(() => {
    const leaving = new AbortController();
    const write = async () => {
      const so = file.current;
      const writer = writers[asked.format];
      do {
        // In the order of what does not change meanwhile, so that no device is missed or comes twice.
        const query = { ...asked.filter, sort: 'created' as const, limit: 200, cursor: so.cursor };
        const page = await perform(() => ask(api.GET('/v1/apps/{app}/devices', { params: { path: { app }, query }, signal: leaving.signal })));
        leaving.signal.throwIfAborted();
        const items = page.items.slice(0, most - so.rows);
        so.parts.push(writer.of(items, so.rows));
        so.rows += items.length;
        so.cursor = page.nextCursor || undefined;
        setProgress({ rows: so.rows, state: 'running' });
      } while (so.cursor && so.rows < most);
      save(`devices.${asked.format}`, [writer.open, ...so.parts, writer.close], writer.type);
      setProgress({ rows: so.rows, state: so.cursor ? 'full' : 'done' });
    };
    write().catch((error: unknown) => {
      if (!leaving.signal.aborted) {
        setProgress({ rows: file.current.rows, state: 'failed', error });
      }
    });
    return () => leaving.abort();
  }, [app, asked, tries, perform]);
  const again = () => {
    setProgress({ rows: file.current.rows, state: 'running' });
    setTries(tries + 1);
  };
  return { ...progress, again };
}
