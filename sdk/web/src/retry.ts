import { SymbolonError } from './errors.js';
import { sleep } from './time.js';

const attempts = 4;
const firstPause = 250;
/** Milliseconds that a person at a sign-in page is made to wait for one more attempt; beyond, the app is told. */
const longestPause = 10_000;
/** Milliseconds after which no further attempt starts. */
const patience = 20_000;

/**
 * Runs an attempt until it succeeds, is refused, or patience ends. It is handed what the one before failed with.
 * An attempt begins with its own challenge, so that none is ever sent twice.
 */
export async function retrying<T>(attempt: (before?: SymbolonError) => Promise<T>): Promise<T> {
  const start = performance.now();
  let before: SymbolonError | undefined;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt(before);
    } catch (error) {
      const pause = pauseAfter(error, failures);
      if (pause === undefined || performance.now() - start + pause > patience) {
        throw error;
      }
      before = error as SymbolonError;
      await sleep(pause);
    }
  }
}

/** Milliseconds to wait after the nth failure, or undefined where asking again is no use. */
function pauseAfter(error: unknown, failures: number): number | undefined {
  if (!(error instanceof SymbolonError) || !isPassing(error) || failures >= attempts) {
    return undefined;
  }
  const backoff = firstPause * 2 ** (failures - 1);
  // The jitter keeps browsers that failed together from coming back together.
  const pause = (error.retryAfter ?? 0) * 1000 + backoff * (0.5 + Math.random() / 2);
  return pause <= longestPause ? pause : undefined;
}

function isPassing({ code, status, retryAfter }: SymbolonError): boolean {
  switch (code) {
    case 'network':
    case 'unavailable':
      return true;
    // These speak of the challenge, not of the device: the browser resent a lost request, or the laptop slept over it.
    case 'challenge_expired':
    case 'challenge_replayed':
      return true;
    default:
      // 409 with a time to wait: the service still works on the request whose answer was lost.
      return (status === 429 || status === 409) && retryAfter !== undefined;
  }
}
