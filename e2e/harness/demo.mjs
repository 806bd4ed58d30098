// `symbolon demo`, the built binary, with data of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPostgres } from '../postgres.mjs';

const binary = process.env.SYMBOLON_BINARY ?? new URL('../../bin/symbolon', import.meta.url).pathname;

/** The databases that every story is told on. */
export const databases = ['SQLite', 'PostgreSQL'];

/** Opens what staff of the service may open; the portal's first admin comes in by a link that it makes. */
export const adminKey = 'sk_the_key_of_these_stories_only';

/** Starts the demo: {bank, other, service, postgres?, close}. */
export async function startDemo(database = 'SQLite') {
  if (!existsSync(binary)) throw new Error('bin/symbolon is not built: make build');
  const postgres = database === 'PostgreSQL' ? await startPostgres() : undefined;
  const data = await mkdtemp(join(tmpdir(), 'symbolon-e2e-'));
  const args = ['demo', '--json', '--listen', '127.0.0.1:0', '--bank-listen', '127.0.0.1:0', '--other-listen', '127.0.0.1:0', '--data', data];
  if (postgres) args.push('--database', postgres.url);
  const demo = spawn(binary, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  demo.stderr.on('data', (chunk) => log.push(chunk));
  const close = async () => {
    if (demo.exitCode === null) {
      demo.kill('SIGTERM');
      await once(demo, 'exit');
    }
    await postgres?.close();
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { ...(await ready(demo, log)), postgres, close, log: () => Buffer.concat(log).toString() };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whoever runs the tests may have a service configured; the demo starts from none. */
function environment() {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_'));
  return { ...Object.fromEntries(others), SYMBOLON_ADMIN_KEY: adminKey };
}

/** The first line that it prints says where it answers. */
async function ready(demo, log) {
  const ended = once(demo, 'exit').then(([code]) => {
    throw new Error(`symbolon demo ended with ${code}: ${Buffer.concat(log)}`);
  });
  const [line] = await Promise.race([once(createInterface({ input: demo.stdout }), 'line'), ended]);
  ended.catch(() => undefined);
  return JSON.parse(line);
}
