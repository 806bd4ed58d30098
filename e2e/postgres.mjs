// A PostgreSQL server of its own for one test, on a socket in a folder of its own.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Starts an empty server; `stop` and `start` are what an outage is made of. */
export async function startPostgres() {
  const bin = programs();
  const home = await mkdtemp(join(tmpdir(), 'symbolon-e2e-postgres-'));
  const data = join(home, 'data');
  if (isRoot) {
    // The server refuses to run as root.
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)));
    await chown(home, uid, gid);
  }
  const server = (program, ...args) => {
    const path = join(bin, program);
    return isRoot ? run('runuser', ['-u', 'postgres', '--', path, ...args], { cwd: home }) : run(path, args, { cwd: home });
  };
  const options = `-k '${home}' -c listen_addresses='' -c fsync=off -c max_connections=100`;
  const postgres = {
    url: `postgres://symbolon@/postgres?host=${home}`,
    start: () => server('pg_ctl', '-D', data, '-l', join(home, 'log'), '-w', '-o', options, 'start'),
    stop: () => server('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
    async close() {
      await postgres.stop().catch(() => undefined);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await server('initdb', '-D', data, '-U', 'symbolon', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync');
  await postgres.start();
  return postgres;
}

/** The folder of the server's programs; Debian and its kin keep them off the PATH. */
function programs() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = [...(process.env.PATH ?? '').split(':'), ...versions.map((version) => join(debian, version, 'bin'))];
  const found = folders.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (found === undefined) throw new Error('no PostgreSQL server is here (initdb, pg_ctl and postgres): make setup-test');
  return found;
}
