/** It could not be decided. That is never a refusal, and never an admission. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** The JSON that the service answers within so many milliseconds; rejects with an Error in words otherwise. */
export async function answerOf<T>(send: typeof fetch, url: string, limit: number, init: RequestInit): Promise<T> {
  const response = await send(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(limit) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`it answered ${response.status}: ${text.slice(0, 200)}`);
  }
  return JSON.parse(text) as T;
}
