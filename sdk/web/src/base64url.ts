/** Base64url without padding (RFC 4648, section 5), as JOSE writes it. */
export function encode(bytes: ArrayBuffer | Uint8Array): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function encodeJSON(value: unknown): string {
  return encode(new TextEncoder().encode(JSON.stringify(value)));
}

/** Reads JSON back; throws what atob or JSON.parse throw where the text holds none. */
export function decodeJSON(text: string): unknown {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
