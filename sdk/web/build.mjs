// Bundles src/: an ES module for bundlers, a script-tag build that sets the global `Symbolon`, and the list of devices
// as an element of its own.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const dist = new URL('dist/', import.meta.url).pathname;
const entry = (path) => [new URL(path, import.meta.url).pathname];
const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: 'es2022',
  legalComments: 'none',
};

await rm(dist, { recursive: true, force: true });
await Promise.all([
  build({ ...common, entryPoints: entry('src/index.ts'), format: 'esm', outfile: `${dist}symbolon.js` }),
  build({ ...common, entryPoints: entry('src/account/index.ts'), format: 'esm', outfile: `${dist}devices.js` }),
  build({ ...common, entryPoints: entry('src/index.ts'), format: 'iife', globalName: 'Symbolon', outfile: `${dist}symbolon.global.js` }),
]);
