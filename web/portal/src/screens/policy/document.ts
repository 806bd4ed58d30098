import type { Schemas } from '../../api/client';

export type Document = { [member: string]: unknown };
export type Rule = Schemas['Rule'];
export type Path = readonly string[];

/** A policy with its defaults filled in. */
export interface Effective {
  registration: { approval: string; algorithms: string[]; attestation: string; keyMaxAge: string | null };
  limits: { devices: number; perType: Record<string, number>; overflow: string };
  trust: { enabled: boolean; duration: string; maxDuration: string; permanent: boolean; idleTimeout: string | null };
  actions: Record<string, { require: string }>;
  revocation: Record<string, string>;
  risk: { points: Record<string, number>; challengeAt: number; distrustAt: number; denyAt: number; appVersions: Record<string, string> };
  rules: Rule[];
  retention: { ip: string | null; events: string | null };
}

export const isObject = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);
export const same = (a: unknown, b: unknown) => written(a) === written(b);

/** JSON with the members of objects in one order. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part)) ?? '';
}

/** The document over the defaults, as the service reads it. What has the wrong form counts as left out, so that a form can show the rest. */
export function effective(defaults: Effective, document: Document): Effective {
  const all = over(defaults, document) as Effective;
  return { ...all, rules: all.rules.filter(isObject).map((rule) => over({ name: '', priority: 100, when: '', recommend: 'CHALLENGE', mode: 'preview' }, rule) as Rule) };
}

function over(below: unknown, above: unknown): unknown {
  if (isObject(below)) {
    if (!isObject(above)) {
      return below;
    }
    const names = new Set([...Object.keys(below), ...Object.keys(above)]);
    return Object.fromEntries([...names].map((name) => [name, name in above ? over(below[name], above[name]) : below[name]]));
  }
  const fits = below === undefined || below === null || above === null || (Array.isArray(below) === Array.isArray(above) && typeof below === typeof above);
  return fits ? above : below;
}

export function at(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), document);
}

/** The document with a value at a place; undefined takes out what is there, and what it leaves empty. */
export function put(document: Document, [name = '', ...rest]: Path, value: unknown): Document {
  const { [name]: before, ...others } = document;
  const after = rest.length === 0 ? value : put(isObject(before) ? before : {}, rest, value);
  const gone = after === undefined || (rest.length > 0 && isObject(after) && Object.keys(after).length === 0 && value === undefined);
  if (gone) {
    return others;
  }
  return { ...document, [name]: after };
}

export interface Change {
  path: Path;
  before: unknown;
  after: unknown;
}

/** By which effective values two policies differ. Rules are matched by name. */
export function changes(before: Effective, after: Effective): Change[] {
  const found: Change[] = [];
  const walk = (path: Path, a: unknown, b: unknown) => {
    if (isObject(a) && isObject(b) && path[0] !== 'rules' && !(path[0] === 'actions' && path.length === 2)) {
      new Set([...Object.keys(a), ...Object.keys(b)]).forEach((name) => walk([...path, name], a[name], b[name]));
    } else if (!same(a, b)) {
      found.push({ path, before: a, after: b });
    }
  };
  const { rules: had, ...a } = before;
  const { rules: has, ...b } = after;
  walk([], a, b);
  for (const name of new Set([...had, ...has].map((rule) => rule.name))) {
    walk(['rules', name], had.find((rule) => rule.name === name), has.find((rule) => rule.name === name));
  }
  return found;
}

/** What was changed from one document to another, made on a third. */
export function replay(onto: Document, made: Change[], defaults: Effective): Document {
  let document = onto;
  for (const { path, after } of made) {
    const [section, name] = path;
    if (section === 'rules') {
      const rules = (Array.isArray(document.rules) ? document.rules : []) as Rule[];
      const there = rules.some((rule) => rule.name === name);
      const next = after === undefined ? rules.filter((rule) => rule.name !== name) : there ? rules.map((rule) => (rule.name === name ? (after as Rule) : rule)) : [...rules, after as Rule];
      document = put(document, ['rules'], next.length > 0 ? next : undefined);
    } else {
      document = put(document, path, same(after, at(defaults, path)) ? undefined : after);
    }
  }
  return document;
}

export const units = { D: 86_400, H: 3_600, M: 60, S: 1 } as const;
export type Unit = keyof typeof units;

/** A span of time as a number and the largest unit in which it is whole. */
export function readDuration(iso: string): { count: number; unit: Unit } | undefined {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(iso);
  if (!parts) {
    return undefined;
  }
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  const total = (weeks * 7 + days) * units.D + hours * units.H + minutes * units.M + seconds;
  const unit = (Object.keys(units) as Unit[]).find((one) => total % units[one] === 0) ?? 'S';
  return { count: total / units[unit], unit };
}

export const writeDuration = (count: number, unit: Unit) => (unit === 'D' ? `P${count}D` : `PT${count}${unit}`);
