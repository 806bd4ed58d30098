import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, createContext, createElement, useCallback, useContext, useMemo, useState } from 'react';
import { type Schemas, api, ask, askTagged } from '../../api/client';
import { useMay } from '../../role';
import { useDoor } from '../../session';
import { draftKey } from '../../session/drafts';
import { type Change, type Document, type Effective, type Path, at, changes, effective, isObject, put, same } from './document';

/** A version of the policy as it is stored. */
export interface Saved {
  document: Document;
  etag: string;
}

/** What is being written: kept until it is saved or dropped, also where the page is left or the session ends. */
interface Kept {
  base: Saved;
  document: Document;
  /** What stands in the editor of the whole document, while it is no JSON. */
  text?: string;
}

export interface Draft {
  app: string;
  mayWrite: boolean;
  base: Saved;
  defaults: Effective;
  document: Document;
  text: string | undefined;
  /** The draft and the saved policy, with their defaults. */
  now: Effective;
  saved: Effective;
  made: Change[];
  /** Whether something was changed. */
  dirty: boolean;
  problems: Schemas['PolicyProblem'][];
  language: Schemas['PolicyLanguage'];
  set(path: Path, value: unknown): void;
  replace(document: Document, text?: string): void;
  /** Goes on from another version than the one that was loaded. */
  rebase(base: Saved, document: Document): void;
  drop(): void;
}

const Context = createContext<Draft | undefined>(undefined);
export const DraftProvider = Context;

export function useDraft(): Draft {
  const draft = useContext(Context);
  if (!draft) {
    throw new Error('useDraft stands inside of the policy screen');
  }
  return draft;
}

export async function loadPolicy(app: string): Promise<Saved> {
  const { value, etag } = await askTagged(api.GET('/v1/apps/{app}/policy', { params: { path: { app } } }));
  return { document: value as Document, etag: etag ?? '' };
}

/** What is loaded before anything can be shown. */
export function useLoaded(app: string) {
  return useQuery({
    queryKey: ['policy', app],
    queryFn: async () => {
      const [saved, checked, language] = await Promise.all([loadPolicy(app), check(app, {}), ask(api.GET('/v1/policy/language'))]);
      return { saved, defaults: checked.effective as Effective, language };
    },
    refetchOnWindowFocus: false,
  });
}

export const check = (app: string, policy: Document, signal?: AbortSignal) =>
  ask(api.POST('/v1/apps/{app}/policy/check', { params: { path: { app } }, body: { policy }, signal }));

function stored(key: string): Kept | undefined {
  const text = sessionStorage.getItem(key);
  return text ? (JSON.parse(text) as Kept) : undefined;
}

const changed = ({ base, document, text }: Kept) => !same(base.document, document) || (text !== undefined && !readable(text));

/** Whether a text is a JSON object. */
export function readable(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

export function useDrafting(app: string, { saved, defaults, language }: NonNullable<ReturnType<typeof useLoaded>['data']>): Draft {
  const key = draftKey(useDoor().who.admin.adminId, app);
  const [kept, setKept] = useState<Kept | undefined>(() => stored(key));
  const mayWrite = useMay('admin', app);
  const keep = useCallback((next: Kept) => {
    changed(next) ? sessionStorage.setItem(key, JSON.stringify(next)) : sessionStorage.removeItem(key);
    setKept(next);
  }, [key]);
  const { base, document, text } = kept ?? { base: saved, document: saved.document, text: undefined };
  const now = useMemo(() => effective(defaults, document), [defaults, document]);
  const before = useMemo(() => effective(defaults, base.document), [defaults, base]);
  return {
    app, mayWrite, base, defaults, document, text, now, saved: before, language, dirty: kept !== undefined && changed(kept),
    made: useMemo(() => changes(before, now), [before, now]),
    problems: useProblems(app, document),
    set: (path, value) => keep({ base, document: put(document, path, same(value, at(defaults, path)) ? undefined : value) }),
    replace: (next, typed) => keep({ base, document: next, text: typed }),
    rebase: (other, next) => keep({ base: other, document: next }),
    drop: () => {
      sessionStorage.removeItem(key);
      setKept(undefined);
    },
  };
}

function useProblems(app: string, document: Document) {
  const [settled] = useDebouncedValue(document, 250);
  const checked = useQuery({
    queryKey: ['policy check', app, settled], queryFn: ({ signal }) => check(app, settled, signal), placeholderData: keepPreviousData, gcTime: 0, retry: false,
  });
  return checked.data?.problems ?? [];
}

/** What is wrong with a member, as the service says it in English, without its name, which stands beside. */
export function useProblem(field: string): ReactNode {
  const found = useDraft().problems.find((problem) => problem.field === field);
  return found && createElement('span', { lang: 'en' }, found.message.replace(`${field} `, '').replace(`${field}: `, ''));
}
