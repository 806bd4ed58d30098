/** What the page is here for, by its own address and by what the server wrote into it. */
export interface Errand {
  app: string;
  require: 'none' | 'known' | 'trusted';
  /** Where the person was: a path on this origin, with its query. */
  back: string;
  /** Why the app sent the browser here, by code; "" where it does not say. Anyone can write one: it only chooses words. */
  reason: string;
  /** The user whom the proxy's assertion names, if there is one. */
  user: string | undefined;
  mayRegister: boolean;
}

export function readErrand(): Errand {
  const asked = new URLSearchParams(location.search);
  const require = asked.get('require');
  return {
    app: asked.get('app') ?? '',
    require: require === 'trusted' || require === 'none' ? require : 'known',
    back: safePath(asked.get('return')),
    reason: asked.get('reason') ?? '',
    user: said('user') || undefined,
    mayRegister: said('may-register') === 'true',
  };
}

function said(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="symbolon-${name}"]`)?.content ?? '';
}

/**
 * The path if it can lead nowhere but to a page of this origin, else "/". The server holds paths to the same rules
 * before it writes an address of this page; but anyone can write one.
 */
export function safePath(path: string | null): string {
  const home = '/';
  // A backslash counts as a slash in addresses; "//host" is another host; tabs and line breaks are dropped unseen.
  if (path === null || !/^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/.test(path)) {
    return home;
  }
  const segments = path.split(/[?#]/, 1)[0]?.split(/\/|%2f|%5c/i) ?? [];
  if (segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    return home;
  }
  // Back to this page would be a circle.
  return segments[1] === 'device-check' ? home : path;
}
