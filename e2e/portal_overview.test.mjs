// What an app's devices did, at a glance: numbers and charts, the table behind each, and the list that each leads to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** The overview of an app, the bank where none is named, as an admin reads it. */
class Overview {
  constructor(admin) {
    Object.assign(this, { admin, page: admin.page });
  }

  figure(title) {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  /** Waits until a number or a text is there: what happened is counted in the background, so one asks anew until then. */
  async shows(locator) {
    const patience = Date.now() + 30_000; // milliseconds, as for any other wait
    while (!(await locator.isVisible())) {
      assert.ok(Date.now() < patience, `it never shows ${locator}`);
      const counted = this.page.waitForResponse((response) => response.url().includes('/tallies?'));
      await this.page.getByRole('button', { name: 'Refresh' }).click();
      await (await counted).finished();
      await this.page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    }
  }

  number(name, value) {
    return this.page.locator('dl > div').filter({ has: this.page.getByRole('link', { name, exact: true }) }).getByText(value, { exact: true });
  }

  /** The table behind a chart, opened: rows of texts. */
  async table(title) {
    const figure = this.figure(title);
    const details = figure.locator('details');
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
    const rows = await figure.getByRole('table').getByRole('row').all();
    return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
  }

  /** The last line of a table over time: the newest of its steps. */
  async newest(title) {
    const [columns, first] = await this.table(title);
    return Object.fromEntries(columns.slice(1).map((name, i) => [name, first[i + 1]]));
  }

  async isAt(path) {
    await this.page.waitForURL((url) => decodeURIComponent(url.pathname + url.search).includes(path));
  }

  async open(app = 'bank') {
    await this.page.goto(`${this.admin.demo.service}/admin/apps/${app}/overview`);
    await this.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }
}

for (const database of databases) {
  test(`the overview of an app, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const alice = await Customer.open(t, browser, demo, 'alice');
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    const overview = new Overview(mia);
    await mia.setUp();

    await t.test('a customer signs in twice, and is refused once support has blocked the browser', async () => {
      await alice.comeIn({ trust: 'P30D' });
      await alice.signOut();
      await alice.givePassword();
      await alice.seesAccounts();
      const { items: [device] } = await ask(demo, 'GET', '/v1/apps/bank/devices?user=alice');
      await ask(demo, 'POST', `/v1/apps/bank/devices/${device.deviceId}/block`, { reason: 'left in a taxi' });
      await alice.page.reload();
      await alice.isTold('This browser is blocked. Please call the bank.');
    });

    await t.test('the numbers tell it once it has been counted', async () => {
      await overview.open();
      await overview.shows(overview.number('Blocked', '1'));
      await overview.shows(overview.figure('Decisions by answer').getByRole('img', { name: /Denied: at most 1/ }));
      const { Trusted, Denied } = await overview.newest('Decisions by answer');
      assert.ok(Number(Trusted) >= 1 && Denied === '1', `${Trusted} trusted, ${Denied} denied`);
      assert.equal((await overview.newest('Registrations')).Registered, '1');
      assert.equal((await overview.newest('Blocks and revocations')).Blocked, '1');
    });

    await t.test('each span has a table of its own, in steps of the reader’s zone', async () => {
      for (const [span, steps, name] of [['24 hours', 24, 'Hour'], ['12 months', 12, 'Month'], ['30 days', 30, 'Day']]) {
        await page.getByText(span, { exact: true }).click();
        await overview.figure('Registrations').locator('th', { hasText: name }).waitFor({ state: 'attached' });
        const [columns, ...rows] = await overview.table('Registrations');
        assert.deepEqual([columns[0], rows.length, rows[0][1]], [name, steps, '1'], span);
        assert.equal(rows.reduce((sum, [, count]) => sum + Number(count), 0), 1, span);
      }
    });

    await t.test('everyone can read it', () => mia.look(`overview-${database.toLowerCase()}`));

    await t.test('each chart leads to the list behind it', async () => {
      await overview.figure('Top reasons').getByRole('list').getByRole('link', { name: 'Blocked' }).click();
      await overview.isAt('/decisions?reason=device_blocked&from=');
      await overview.open();
      await overview.table('Decisions by answer');
      await overview.figure('Decisions by answer').getByRole('table').getByRole('link').first().click();
      await overview.isAt('/decisions?from=');
      await overview.open();
      await overview.figure('Risk of decisions').getByRole('listitem').getByRole('link').first().press('Enter');
      await overview.isAt('/decisions?riskFrom=0&riskTo=9&from=');
      await overview.open();
      await overview.figure('Decisions by answer').locator('.u-over').click(); // the middle of the picture
      await overview.isAt('/decisions?from=');
      await overview.open();
      await overview.figure('Blocks and revocations').getByRole('link', { name: /^List/ }).click();
      await overview.isAt('/log?type=device.blocked,device.distrusted,user.revoked&from=');
      await overview.open();
      await page.getByRole('link', { name: 'Second factors saved', exact: true }).click();
      await overview.isAt('/decisions?secondFactor=skip&from=');
      assert.deepEqual(mia.errors, []);
    });
  });
}

test('where nothing has happened, what failed, and another language', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn({ trust: 'P30D' });
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  const overview = new Overview(mia);
  await mia.setUp();

  await t.test('an empty app explains the next step', async () => {
    await ask(demo, 'POST', '/v1/apps', { name: 'The shop', id: 'shop', origins: [] });
    await overview.open('shop');
    await page.getByRole('heading', { name: 'Nothing has happened in this app yet' }).waitFor();
    assert.equal(await page.locator('canvas, dl').count(), 0, 'no zeros are drawn');
    await mia.look('overview-empty');
    await page.getByRole('link', { name: 'To the app’s page' }).click();
    await page.getByRole('heading', { level: 1, name: 'The shop' }).waitFor();
  });

  await t.test('the devices are counted too, and lead to their list', async () => {
    await overview.open();
    const types = overview.figure('Devices by type');
    await overview.shows(types.getByRole('link', { name: /computer|Laptop|Browser/ }).first());
    const [, [type, count]] = await overview.table('Devices by type');
    assert.equal(count, '1', type);
    await types.getByRole('list').getByRole('link').click();
    await overview.isAt('/devices?type=');
    assert.deepEqual(mia.errors, []);
  });

  await t.test('a part that failed says so and is tried again, and hides no other', async () => {
    const failing = (url) => url.pathname.endsWith('/tallies') && url.searchParams.get('kind') === 'reason';
    await page.route(failing, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', json: { code: 'internal', title: 'Internal', detail: 'an unexpected fault' } }));
    await overview.open();
    await overview.figure('Top reasons').getByRole('alert').getByText('an unexpected fault').waitFor();
    await overview.figure('Registrations').getByRole('img').waitFor();
    await mia.passes('overview-failed');
    await page.unroute(failing);
    await overview.figure('Top reasons').getByRole('button', { name: 'Try again' }).click();
    await overview.figure('Top reasons').getByRole('alert').waitFor({ state: 'detached' });
  });

  await t.test('it speaks German', async () => {
    await mia.speak('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Überblick' }).waitFor();
    await overview.figure('Entscheidungen nach Antwort').getByRole('img', { name: /Vertraut: höchstens/ }).waitFor();
    await mia.passes('overview-german');
  });
});
