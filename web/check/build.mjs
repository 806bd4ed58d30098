// Bundles the page's script and style into dist/assets/, and puts the page beside that folder.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url).pathname;
const dist = here('dist/');

await mkdir(dist, { recursive: true });
// Go embeds the folder also where nothing was built: the empty file that keeps it stays.
for (const name of await readdir(dist)) {
  if (name !== '.gitkeep') await rm(dist + name, { recursive: true });
}
await build({
  entryPoints: [here('src/check.ts'), here('src/check.css')],
  outdir: `${dist}assets`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
});
await cp(here('src/index.html'), `${dist}index.html`);
