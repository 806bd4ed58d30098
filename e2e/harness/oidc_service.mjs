// `symbolon serve`, the built binary, with data of its own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPostgres } from '../postgres.mjs';

const binary = process.env.SYMBOLON_BINARY ?? new URL('../../bin/symbolon', import.meta.url).pathname;

/** Starts a service that has no app yet, with further variables. */
export async function startService(database, variables = {}) {
  if (!existsSync(binary)) throw new Error('bin/symbolon is not built: make build');
  const service = new Service(variables);
  try {
    await service.open(database);
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

class Service {
  #data;
  #postgres;
  #process;
  #log = [];
  #adminKey = randomBytes(24).toString('base64url');
  #secret = randomBytes(32).toString('base64url');

  constructor(variables) {
    this.variables = variables;
  }

  async open(database) {
    this.#postgres = database === 'PostgreSQL' ? await startPostgres() : undefined;
    this.#data = await mkdtemp(join(tmpdir(), 'symbolon-e2e-'));
    await this.#start();
  }

  /** Stops the process and starts another one with the same data, as an update does. */
  async restart() {
    await this.#stop();
    await this.#start();
  }

  async close() {
    await this.#stop();
    await this.#postgres?.close();
    if (this.#data) await rm(this.#data, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The URL of its PostgreSQL database, if it has one. */
  get database() {
    return this.#postgres?.url;
  }

  /** What it said while it worked. */
  log() {
    return Buffer.concat(this.#log).toString();
  }

  /** Makes a call: `{status, headers, body}`. Without a bearer the admin calls. */
  async call(method, path, body, { bearer = this.#adminKey } = {}) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const said = await answer.text();
    return { status: answer.status, headers: answer.headers, body: said && JSON.parse(said) };
  }

  /** The same, where anything but success is a fault of the test. */
  async must(...request) {
    const { status, body } = await this.call(...request);
    if (status >= 300) throw new Error(`${request[0]} ${request[1]}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Runs commands in a folder, on the machine of the service and with its settings. Resolves to `{code, output}`. */
  async run(script, folder, variables = {}) {
    const env = { ...this.#settings(), SYMBOLON_URL: this.url, ...variables };
    env.PATH = `${dirname(binary)}:${env.PATH}`;
    const shell = spawn('bash', ['-exc', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => output.push(chunk));
    const [code] = await once(shell, 'close');
    return { code, output: Buffer.concat(output).toString() };
  }

  async #start() {
    const args = ['serve', '--listen', '127.0.0.1:0'];
    this.#process = spawn(binary, args, { env: this.#settings(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (chunk) => this.#log.push(chunk));
    const ended = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`symbolon serve ended with ${code}: ${this.log()}`);
    });
    const [line] = await Promise.race([once(createInterface({ input: this.#process.stdout }), 'line'), ended]);
    ended.catch(() => undefined);
    this.url = line.split(' ').at(-1);
  }

  #settings() {
    const settings = { SYMBOLON_DATA: this.#data, SYMBOLON_SECRET: this.#secret, SYMBOLON_ADMIN_KEY: this.#adminKey };
    return { ...environment(), ...this.variables, ...settings, ...(this.#postgres && { SYMBOLON_DATABASE: this.#postgres.url }) };
  }

  async #stop() {
    if (this.#process?.exitCode !== null) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }
}

/** Whoever runs the tests may have a service configured; this one starts from none. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_')));
}
