/** Hands text to the browser as a file. */
export function save(name: string, parts: string[], type = 'application/json') {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\w.@-]+/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
