// Who is sent back and comes again at once goes in circles: cookies are off, or the proxy is set up wrongly.

const name = 'symbolon device-check returns';
/** Milliseconds in which coming again counts as a circle. */
const span = 20_000;
/** How often the page returns by itself within the span. */
const most = 2;

/** Notes a return, and tells whether it may happen by itself. Where nothing can be noted, the person has to ask. */
export function noteReturn(now = Date.now()): boolean {
  try {
    const recent = read().filter((at) => at <= now && now - at < span);
    if (recent.length >= most) {
      return false;
    }
    sessionStorage.setItem(name, JSON.stringify([...recent, now]));
    return true;
  } catch {
    return false;
  }
}

/** The person knows of the circle and wants to go on. */
export function forgetReturns(): void {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Then nothing was noted.
  }
}

function read(): number[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(name) ?? '[]');
  return Array.isArray(stored) ? stored.filter((at) => typeof at === 'number') : [];
}
