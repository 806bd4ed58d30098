// How the service is set up and how it fares, as its admins see it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`${database}: settings tell the truth`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const mia = await Admin.open(t, browser, demo);
    await mia.setUp();
    await mia.goTo('Settings');
    const { page } = mia;
    const health = page.getByRole('region', { name: 'Health' });
    await health.getByText('The database answers').waitFor();
    assert.deepEqual(await health.getByRole('listitem').locator('span').allTextContents(), Array(5).fill('Well'));
    await page.getByText(demo.service, { exact: true }).waitFor();
    await page.getByText(database, { exact: true }).waitFor();
    for (const kind of ['Cities', 'Networks', 'Networks that hide who uses them']) {
      await page.getByRole('region', { name: 'Files of places' }).getByText(kind, { exact: true }).waitFor();
    }

    const { keys } = await (await fetch(`${demo.service}/.well-known/jwks.json`)).json();
    const shown = page.getByRole('region', { name: 'Signing keys' });
    assert.deepEqual(await shown.locator('code').allTextContents(), keys.map(({ kid }) => kid));
    await shown.getByText('Signs now').waitFor();
    await mia.look('settings');
    await mia.speak('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    await page.getByText('Die Datenbank antwortet').waitFor();
    assert.deepEqual(mia.errors, []);
  });
}
