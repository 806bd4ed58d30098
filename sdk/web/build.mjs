// Bundles src/ twice: an ES module for bundlers, and a script-tag build that sets the global `Symbolon`.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const dist = new URL('dist/', import.meta.url).pathname;
const common = {
  entryPoints: [new URL('src/index.ts', import.meta.url).pathname],
  bundle: true,
  minify: true,
  sourcemap: true,
  target: 'es2022',
  legalComments: 'none',
};

await rm(dist, { recursive: true, force: true });
await Promise.all([
  build({ ...common, format: 'esm', outfile: `${dist}symbolon.js` }),
  build({ ...common, format: 'iife', globalName: 'Symbolon', outfile: `${dist}symbolon.global.js` }),
]);
