import { SymbolonError } from './errors.js';

/** Milliseconds after which one exchange counts as lost. */
const exchangeLimit = 10_000;

interface Problem {
  code?: unknown;
  title?: unknown;
  detail?: unknown;
}

/** Sends one JSON request and gives the JSON object that came back; anything else is a SymbolonError. */
export async function post<T>(send: typeof fetch, url: string, body: object, bearer?: string): Promise<T> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (bearer !== undefined) {
    headers['Authorization'] = `Bearer ${bearer}`;
  }
  const signal = AbortSignal.timeout(exchangeLimit);
  const [response, text] = await exchange(() =>
    // A redirect is refused: it would carry the proof to where nobody decided to send it.
    send(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal,
    }),
  );
  const value = parseObject(text);
  if (!response.ok) {
    throw refusal(response, value ?? {});
  }
  if (value === undefined) {
    const { status } = response;
    throw new SymbolonError('unexpected_response', `${url} did not answer with a JSON object`, { status });
  }
  return value as T;
}

async function exchange(send: () => Promise<Response>): Promise<[Response, string]> {
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
  const code = typeof problem.code === 'string' ? problem.code : codeOf(status);
  const message = [problem.detail, problem.title].find((text) => typeof text === 'string' && text !== '');
  return new SymbolonError(code, (message as string | undefined) ?? `the service answered ${status}`, {
    status,
    retryAfter: secondsOf(response.headers.get('Retry-After')),
  });
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
