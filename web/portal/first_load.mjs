// Fails the build where the portal's first page takes more than it may: what index.html names, compressed.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const limit = 250_000;
const dist = new URL('dist/', import.meta.url);
const page = await readFile(new URL('index.html', dist), 'utf8');
const named = [...page.matchAll(/(?:src|href)="\/admin\/([^"]+)"/g)].map(([, path]) => path);
if (named.length < 2) throw new Error('index.html names neither a script nor a style');

let sum = gzipSync(page).length;
for (const path of named) sum += gzipSync(await readFile(new URL(path, dist))).length;

console.log(`The portal's first load is ${Math.round(sum / 1000)} kB of at most ${limit / 1000} kB, gzip.`);
if (sum > limit) process.exitCode = 1;
