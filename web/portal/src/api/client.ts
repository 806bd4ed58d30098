import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Device = Schemas['Device'];
export type App = Schemas['App'];
export type Admin = Schemas['Admin'];
export type Grant = Schemas['Grant'];
export type Event = Schemas['Event'];
export type SignedIn = Schemas['SignedIn'];

/** The service's own API: whatever the portal does, the API can do. The cookie of the session goes with each call. */
export const api = createClient<paths>({ baseUrl: location.origin });

const gone = 60_000; // milliseconds without a key or a pointer after which a page that asks by itself is alone
let touched = performance.now();
for (const event of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
  addEventListener(event, () => (touched = performance.now()), { capture: true, passive: true });
}
// A list that follows what happens must not keep the session of who went away.
api.use({
  onRequest({ request }) {
    if (performance.now() - touched > gone) {
      request.headers.set('Symbolon-Idle', '1');
    }
    return request;
  },
});

/** A refusal or a fault, as the service words it. */
export class ApiError extends Error {
  readonly code: string;
  readonly field: string | undefined;

  constructor(problem: Partial<Schemas['Problem']>) {
    super(problem.detail ?? problem.title ?? 'no answer');
    this.code = problem.code ?? 'unavailable';
    this.field = problem.field;
  }
}

interface Answered<T> {
  data?: T;
  error?: Partial<Schemas['Problem']> | undefined;
  response: Response;
}

/** What a call answers, or its problem as an {@link ApiError}. */
export async function ask<T>(call: Promise<Answered<T>>): Promise<T> {
  return (await askTagged(call)).value;
}

/** The same with the ETag of what is answered, for a change that is meant for that version only. */
export async function askTagged<T>(call: Promise<Answered<T>>): Promise<{ value: T; etag: string | undefined }> {
  let answered: Answered<T>;
  try {
    answered = await call;
  } catch {
    throw new ApiError({ code: 'unavailable' });
  }
  if (!answered.response.ok) {
    throw new ApiError(answered.error ?? {});
  }
  return { value: answered.data as T, etag: answered.response.headers.get('ETag') ?? undefined };
}
