import { useDebouncedValue } from '@mantine/hooks';
import { useSearchParams } from 'wouter';

/**
 * What a list is narrowed by, and besides what else is chosen on its screen. All of it is in the address, so that a view can
 * be kept and sent to a colleague.
 */
export function useAddress<Name extends string, Other extends string = never>(names: readonly Name[], _besides?: readonly Other[]) {
  const [params, write] = useSearchParams();
  const change = (values: Partial<Record<Name | Other, string>>) =>
    write((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries<string | undefined>(values)) {
        value ? after.set(name, value) : after.delete(name);
      }
      return after;
    }, { replace: true });
  const clear = () => change(Object.fromEntries(names.map((name) => [name, ''])) as Partial<Record<Name | Other, string>>);
  const [text] = useDebouncedValue(params.toString(), 200, { leading: true }); // not at each key
  const settled = new URLSearchParams(text);
  const of = (name: Name | Other) => params.get(name) ?? '';
  return { of, set: names.filter((name) => of(name) !== ''), change, clear, asked: (name: string) => settled.get(name)?.trim() || undefined };
}

/**
 * A query of what the address says. What the service would not understand is passed on: it refuses it by name, so that nobody
 * takes a wider list for a narrower one.
 */
export function queryOf<Query>(names: readonly string[], asked: (name: string) => string | undefined): Query {
  return Object.fromEntries(names.map((name) => [name, asked(name)])) as Query;
}
