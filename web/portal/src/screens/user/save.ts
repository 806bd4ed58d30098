/** Hands a value to the browser as a file of JSON. */
export function save(name: string, value: unknown) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\w.@-]+/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
