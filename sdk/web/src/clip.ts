/** Whole characters of at most so many bytes together, and no control characters: more is refused by the service. */
export function clip(value: string, most = 64): string {
  const bytes = new Uint8Array(most);
  const clean = String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
  const { written } = new TextEncoder().encodeInto(clean, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

export function text(value: string | undefined): string | undefined {
  return value ? clip(value) : undefined;
}

export function texts(list: readonly string[] | undefined, most: number): string[] {
  return (list ?? []).slice(0, most).map((value) => clip(value));
}
