const shape = /^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i;
/** Characters that URL would drop, or mend in silence, are in no URI; neither is a % that encodes nothing. */
const foreign = /[^\x21-\x7e]|\\|%(?![0-9a-f]{2})/i;
const unreserved = /[A-Za-z0-9._~-]/;

/**
 * An http(s) URL in the one form in which two of them are compared: without query and fragment, with the case of
 * scheme, host and percent-encodings, default ports, dot segments and needless encodings put right (RFC 3986,
 * sections 6.2.2 and 6.2.3). Undefined where it is none.
 */
export function normalised(text: string): string | undefined {
  const [bare = ''] = text.split(/[?#]/, 1);
  if (!shape.test(bare) || foreign.test(bare)) {
    return undefined;
  }
  try {
    const { protocol, host, pathname } = new URL(bare);
    return `${protocol}//${host}${pathname.replace(/%[0-9a-f]{2}/gi, plain)}`;
  } catch {
    return undefined;
  }
}

function plain(encoded: string): string {
  const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return unreserved.test(char) ? char : encoded.toUpperCase();
}
