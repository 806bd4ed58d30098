import { NativeSelect } from '@mantine/core';

interface Field {
  label: string;
  /** What no choice is called. */
  any: string;
  value: string;
  options: [value: string, label: string][];
  change(value: string): void;
}

/** One of some values, or any. One that the address has stays, even where it is not among them. */
export function Choice({ label, any, value, options, change }: Field) {
  const missing = value !== '' && !options.some(([known]) => known === value);
  return (
    <NativeSelect label={label} value={value} onChange={(e) => change(e.target.value)}>
      <option value="">{any}</option>
      {missing && <option value={value}>{value}</option>}
      {options.map(([known, words]) => <option key={known} value={known}>{words}</option>)}
    </NativeSelect>
  );
}
