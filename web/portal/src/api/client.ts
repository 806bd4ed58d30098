import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Device = Schemas['Device'];
export type Event = Schemas['Event'];
export type SignedIn = Schemas['SignedIn'];

/** The service's own API: whatever the portal does, the API can do. The cookie of the session goes with each call. */
export const api = createClient<paths>({ baseUrl: location.origin });

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
  let answered: Answered<T>;
  try {
    answered = await call;
  } catch {
    throw new ApiError({ code: 'unavailable' });
  }
  if (!answered.response.ok) {
    throw new ApiError(answered.error ?? {});
  }
  return answered.data as T;
}
