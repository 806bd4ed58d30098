// The real service on a throwaway database, with faults before it: symbolontest/faultserver, over HTTP.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const binary = `${repository}out/faultserver`;

/** Which requests a fault spoils. */
export const on = {
  challenge: 'POST /v1/apps/{app}/challenges',
  register: 'POST /v1/apps/{app}/devices',
  decide: 'POST /v1/apps/{app}/decisions',
  rotate: 'PUT /v1/apps/{app}/devices/{device}/key',
  list: 'GET /v1/apps/{app}/me/devices',
  rename: 'PATCH /v1/apps/{app}/me/devices/{device}',
  remove: 'DELETE /v1/apps/{app}/me/devices/{device}',
  signOutOthers: 'POST /v1/apps/{app}/me/sign-out-others',
};

/**
 * Builds the server, starts it, and makes an app for the pages of the origin. Browsers silently resend what is lost on
 * a connection that was used before; most stories do without.
 */
export async function startReal(origin, { keepAlive = false } = {}) {
  execFileSync('go', ['build', '-o', binary, './symbolontest/faultserver'], { cwd: repository, stdio: 'inherit' });
  const server = spawn(binary, keepAlive ? ['-keep-alive'] : [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(server.stdout);
  const [line] = await Promise.race([once(lines, 'line'), once(server, 'exit')]);
  const real = new Real(server, JSON.parse(line));
  await real.makeApp([origin]);
  return real;
}

class Real {
  /** The credential of the app's backend. */
  backendKey;
  #server;
  #adminKey;

  constructor(server, { url, adminKey }) {
    this.#server = server;
    this.#adminKey = adminKey;
    this.url = url;
  }

  async makeApp(origins) {
    const { app, credential } = await this.#call('POST', '/v1/apps', { name: 'Bank', origins }, this.#adminKey);
    this.app = app.id;
    this.backendKey = credential.key;
    await this.setPolicy({});
  }

  async close() {
    const gone = once(this.#server, 'exit');
    this.#server.stdin.end();
    await gone;
  }

  // What the app's backend does.

  /** Says who the user is; by default after a second factor. */
  async ticket(userId, { factor = 'otp', ...rest } = {}) {
    const request = { userId, ...(factor && { factor }), ...rest };
    return (await this.#call('POST', '/tickets', request, this.backendKey)).ticket;
  }

  /** The decision on a proof that a page handed over. */
  decide(userId, { proof, signals }, rest = {}) {
    return this.#call('POST', '/decisions', { userId, proof, signals, ...rest }, this.backendKey);
  }

  // What staff do.

  /** A browser that tests drive is odd, and many people share it: here risk counts for nothing. */
  setPolicy(policy) {
    const risk = { challengeAt: 101, distrustAt: 101, denyAt: 101 };
    return this.#call('PUT', '/policy', { risk, ...policy }, this.#adminKey);
  }

  async devicesOf(user) {
    return (await this.#call('GET', `/users/${encodeURIComponent(user)}/devices`)).items;
  }

  device(id) {
    return this.#call('GET', `/devices/${id}`);
  }

  /** How often the device's key was replaced. */
  async rotations(id) {
    const { items } = await this.#call('GET', `/devices/${id}/events?limit=200`);
    return items.filter(({ type }) => type === 'device.rotated').length;
  }

  rename(id, deviceName) {
    return this.#call('PATCH', `/devices/${id}`, { deviceName });
  }

  block(id) {
    return this.#call('POST', `/devices/${id}/block`, { reason: 'lost' });
  }

  unblock(id) {
    return this.#call('POST', `/devices/${id}/unblock`);
  }

  remove(id) {
    return this.#call('DELETE', `/devices/${id}`);
  }

  // What goes wrong.

  /** The next request that fits `on` meets the fault. */
  async fail(fault) {
    await this.#call('POST', '/__fault', { app: this.app, ...fault });
  }

  /** The device's key gets older. */
  async age(device, by) {
    await this.fail({ on: on.challenge, do: 'age', device, by });
    await this.#call('POST', '/challenges', { purpose: 'prove' }, this.backendKey);
  }

  reset() {
    return this.#call('DELETE', '/__fault');
  }

  /** The requests so far, or those for one of `on`. */
  async exchanges(pattern) {
    const { exchanges } = await this.#call('GET', '/__fault');
    return pattern ? exchanges.filter((exchange) => fits(pattern, exchange)) : exchanges;
  }

  /** Waits until such a request was spoiled: where its answer is held back, the service has done its work by then. */
  spoiled(pattern) {
    return this.#call('GET', `/__fault?on=${encodeURIComponent(pattern)}`);
  }

  /** Sends a request again that was lost on the way. */
  async arriveLate({ method, path, body }) {
    const response = await fetch(this.url + path, json(method, body));
    return response.status;
  }

  async #call(method, path, body, key = this.#adminKey) {
    const inApp = /^\/(v1|__fault)/.test(path) ? path : `/v1/apps/${this.app}${path}`;
    const { headers, ...init } = json(method, body);
    const all = { ...headers, Authorization: `Bearer ${key}` };
    const response = await fetch(this.url + inApp, { ...init, headers: all });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${inApp}: ${response.status} ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

function json(method, body) {
  return body === undefined
    ? { method }
    : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function fits(pattern, { method, path }) {
  const [name, template] = pattern.split(' ');
  const expression = template.replaceAll(/\{\w+\}/g, '[^/]+');
  return method === name && new RegExp(`^${expression}$`).test(path);
}
