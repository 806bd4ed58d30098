// Bundles the pages' scripts and styles into dist/, and puts the pages beside them.
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
  entryPoints: [here('src/main.ts'), here('src/staff.ts'), here('src/style.css')],
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
});
for (const page of ['index.html', 'staff.html', 'icon.svg']) {
  await cp(here(`src/${page}`), dist + page);
}
