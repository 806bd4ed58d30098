/** A member of a document by its path, with what it was and is; undefined where it was not there. */
export interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** The members of a value with all that is in them, each by its path; lists stand whole. */
export function members(value: unknown, path = ''): [path: string, value: unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0) {
    return path ? [[path, value]] : [];
  }
  return Object.entries(value).flatMap(([name, inner]) => members(inner, path ? `${path}.${name}` : name));
}

/** What differs between two documents. */
export function changes(before: unknown, after: unknown): Change[] {
  const [was, is] = [new Map(members(before)), new Map(members(after))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** A value as a person reads it. */
export function told(value: unknown): string {
  return value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}
