import { TextInput } from '@mantine/core';

interface Field {
  label: string;
  description?: string | undefined;
  /** RFC 3339, or empty for none. */
  value: string;
  change(at: string): void;
}

/** A moment, typed in the reader's own zone. */
export function Moment({ label, description, value, change }: Field) {
  return <TextInput type="datetime-local" label={label} description={description} value={shown(value)} onChange={(e) => change(meant(e.target.value))} />;
}

function shown(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function meant(typed: string): string {
  const date = new Date(typed);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
