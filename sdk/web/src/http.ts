import type { Device } from './device.js';
import { SymbolonError } from './errors.js';

/** Milliseconds after which one exchange counts as lost. */
const exchangeLimit = 10_000;

export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: object | undefined;
  headers?: Record<string, string>;
}

interface Problem {
  code?: unknown;
  title?: unknown;
  detail?: unknown;
  field?: unknown;
  choices?: unknown;
}

/** Sends one request and gives the JSON object that came back; anything else is a SymbolonError. */
export async function exchange<T>(send: typeof fetch, url: string, request: Request): Promise<T> {
  const { method = 'POST', body, headers } = request;
  const signal = AbortSignal.timeout(exchangeLimit);
  const [response, text] = await answered(() =>
    // A redirect is refused: it would carry the proof to where nobody decided to send it.
    send(url, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
      body: body ? JSON.stringify(body) : null,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal,
    }),
  );
  const { status } = response;
  const value = parseObject(text);
  if (!response.ok) {
    throw refusal(response, value ?? {});
  }
  if (value === undefined && status !== 204) {
    throw new SymbolonError('unexpected_response', `${url} did not answer with a JSON object`, { status });
  }
  return value as T;
}

async function answered(send: () => Promise<Response>): Promise<[Response, string]> {
  try {
    const response = await send();
    return [response, await response.text()];
  } catch (error) {
    throw new SymbolonError('network', `the service could not be reached: ${(error as Error).message}`);
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function refusal(response: Response, problem: Problem): SymbolonError {
  const { status } = response;
  const message = textOf(problem.detail) ?? textOf(problem.title) ?? `the service answered ${status}`;
  return new SymbolonError(textOf(problem.code) ?? codeOf(status), message, {
    status,
    field: textOf(problem.field),
    retryAfter: secondsOf(response.headers.get('Retry-After')),
    choices: Array.isArray(problem.choices) ? (problem.choices as Device[]) : undefined,
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A proxy that stands before the service answers without a problem document. */
function codeOf(status: number): string {
  switch (status) {
    case 429:
      return 'rate_limited';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return 'unexpected_response';
  }
}

/** Retry-After (RFC 9110, section 10.2.3): seconds, or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) {
    return undefined;
  }
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
