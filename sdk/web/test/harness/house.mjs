// A browser, the web site of a bank, and the real service behind it: what most stories play in.
import assert from 'node:assert/strict';
import { launch } from './chromium.mjs';
import { startReal } from './real.mjs';
import { call, open, startSite } from './site.mjs';
import { storedKeys } from './storage.mjs';

export class House {
  #people = 0;

  async start() {
    [this.browser, this.site] = await Promise.all([launch(), startSite()]);
    this.real = await startReal(new URL(this.site.url).origin);
    this.options = { baseUrl: this.real.url, app: this.real.app };
  }

  close() {
    return Promise.all([this.browser?.close(), this.site?.close(), this.real?.close()]);
  }

  somebody() {
    return `person ${++this.#people}`;
  }

  /** A page in a browser of its own; with the option `tickets`, of the user's. */
  async open(t, user, more = {}) {
    const context = await this.browser.newContext();
    t.after(() => context.close());
    await context.exposeFunction('ticket', () => this.real.ticket(user));
    return open(context, this.site.url, { ...this.options, ...more });
  }

  /** The same browser in another tab. */
  tab(page, more = {}) {
    return open(page.context(), this.site.url, { ...this.options, ...more });
  }

  /** A browser of its own that somebody registered. */
  async registered(t, { user = this.somebody(), ...more } = {}) {
    const page = await this.open(t, user, more);
    const device = await call(page, 'register', { assertion: await this.real.ticket(user) });
    assert.equal(device.error, undefined);
    const { key } = await storedKeys(page);
    await this.real.reset();
    return { page, user, device, key };
  }

  /** The browser proves by the key that the service holds, and is still the device that it was. */
  async assertSound(page, { user, device }) {
    const decision = await this.real.decide(user, await call(page, 'prove'));
    assert.equal(decision.proofResult, 'valid');
    assert.equal(decision.device.deviceId, device.deviceId);
    assert.equal(decision.device.keyId, device.keyId);
    assert.equal(decision.device.publicKey.x, (await storedKeys(page)).key);
  }

  async assertRotated(page, { user, device, key }) {
    await this.assertSound(page, { user, device });
    assert.notEqual((await storedKeys(page)).key, key, 'there is a new key');
    assert.equal(await this.real.rotations(device.deviceId), 1, 'once');
  }

  async assertNotRotated(page, { user, device, key }) {
    await this.assertSound(page, { user, device });
    assert.equal((await storedKeys(page)).key, key, 'the key is the same');
    assert.equal(await this.real.rotations(device.deviceId), 0);
  }
}
