// Compiles src/ into dist/: plain modules with their types. Only `jose` is imported beside Node's own.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';

const here = (path) => new URL(path, import.meta.url).pathname;
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

await rm(here('dist/'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '--project', here('tsconfig.json')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
