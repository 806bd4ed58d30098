// Bundles the page's script and style into dist/assets/, and puts beside that folder the page and every word that the
// server needs to show it where no script runs.
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url).pathname;
const dist = here('dist/');
const common = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none' };

await mkdir(dist, { recursive: true });
// Go embeds the folder also where nothing was built: the empty file that keeps it stays.
for (const name of await readdir(dist)) {
  if (name !== '.gitkeep') await rm(dist + name, { recursive: true });
}
await build({ ...common, entryPoints: [here('src/account.ts'), here('src/account.css')], outdir: `${dist}assets`, minify: true });
await cp(here('src/index.html'), `${dist}index.html`);

const { outputFiles } = await build({ ...common, entryPoints: [here('src/words.ts')], write: false });
const { words } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
await writeFile(`${dist}words.json`, JSON.stringify(words));
