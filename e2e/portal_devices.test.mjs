// Many devices: found by filters that are kept in the address, looked at by the columns one needs, and taken along as a file.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { databases, startDemo } from './harness/demo.mjs';
import { importRecords } from './harness/fleet.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const fleet = [
  { deviceId: 'd1', userId: 'anna', deviceName: 'Anna’s phone', deviceType: 'mobile', riskScore: 5 },
  { deviceId: 'd2', userId: 'anna', deviceName: 'Anna’s laptop', deviceType: 'laptop', riskScore: 45 },
  { deviceId: 'd3', userId: 'bert', deviceName: '=SUM(1,2)', deviceType: 'mobile', riskScore: 75 },
  { deviceId: 'd4', userId: 'cleo', deviceName: 'The "big" one, at home', deviceType: 'smart_tv', riskScore: 90 },
];

for (const database of databases) {
  test(`filters, order and columns are kept, and an export holds what the API says, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    await importRecords(demo, fleet);
    await ask(demo, 'POST', '/v1/apps/bank/devices/d1/block', { reason: 'left in a "taxi", or a bus' });
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    await mia.setUp();
    await mia.goTo('Devices');
    const names = page.getByRole('main').locator('a[data-walk]');
    const shows = async (...expected) => {
      await page.waitForFunction((wanted) => {
        const links = [...document.querySelectorAll('main a[data-walk]')].map(({ textContent }) => textContent);
        return JSON.stringify(links) === wanted;
      }, JSON.stringify(expected));
      assert.equal(await names.count(), expected.length);
    };

    await t.test('filters narrow the list, show as chips, and survive a reload', async () => {
      await mia.press('Filters');
      await page.getByLabel('Type').selectOption('Phone');
      await page.getByLabel('Risk', { exact: true }).selectOption('High, 70 to 100');
      await shows('=SUM(1,2)');
      assert.equal(new URL(page.url()).search, '?type=mobile&riskFrom=70');
      await page.reload();
      await shows('=SUM(1,2)');
      await mia.press('Remove the filter Risk from: 70');
      await page.getByRole('link', { name: 'Anna’s phone' }).waitFor();
      await mia.press('Filters');
      await page.getByLabel('Status').selectOption('Blocked');
      await shows('Anna’s phone');
      await mia.press('Clear filters');
      await page.getByRole('link', { name: 'Anna’s laptop' }).waitFor();
      assert.equal(new URL(page.url()).search, '');
    });

    await t.test('the order is kept too', async () => {
      await page.getByLabel('Order').selectOption('Highest risk first');
      await shows('The "big" one, at home', '=SUM(1,2)', 'Anna’s laptop', 'Anna’s phone');
      await page.reload();
      await shows('The "big" one, at home', '=SUM(1,2)', 'Anna’s laptop', 'Anna’s phone');
    });

    await t.test('a filter that the service does not know is refused by name, not passed by', async () => {
      await page.goto(`${demo.service}/admin/apps/bank/devices?riskFrom=lots`);
      await page.getByRole('alert').getByText('riskFrom').waitFor();
      await page.goto(`${demo.service}/admin/apps/bank/devices?sort=risk`);
    });

    await t.test('columns are chosen, and kept in the browser', async () => {
      await mia.press('Columns');
      await page.getByRole('checkbox', { name: 'Type' }).check();
      await page.getByRole('checkbox', { name: 'Place' }).uncheck();
      await page.keyboard.press('Escape');
      await page.reload();
      await page.getByRole('columnheader', { name: 'Type' }).waitFor();
      await page.getByRole('row').filter({ hasText: 'cleo' }).getByText('Television').waitFor();
      assert.equal(await page.getByRole('columnheader', { name: 'Place' }).count(), 0);
    });

    const exported = async (format) => {
      await mia.press('Export');
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: `Export as ${format}` }).click();
      const file = await download;
      await page.getByText('4 devices were exported.').waitFor();
      await mia.press('Done');
      assert.equal(file.suggestedFilename(), `devices.${format.toLowerCase()}`);
      return readFile(await file.path(), 'utf8');
    };

    await t.test('JSON holds the devices as the API gives them', async () => {
      const { items } = await ask(demo, 'GET', '/v1/apps/bank/devices?sort=risk');
      assert.deepEqual(JSON.parse(await exported('JSON')), items);
    });

    await t.test('CSV holds a line for each, and no formula', async () => {
      const lines = (await exported('CSV')).split('\r\n');
      assert.equal(lines.pop(), '');
      const [head, big, sum, laptop, phone] = lines;
      assert.ok(head.startsWith('deviceId,userId,deviceName,deviceType,platform,status,riskScore,'));
      assert.ok(big.startsWith('d4,cleo,"The ""big"" one, at home",smart_tv,'));
      assert.ok(sum.startsWith('d3,bert,"\'=SUM(1,2)",mobile,'));
      assert.ok(laptop.startsWith('d2,anna,Anna’s laptop,laptop,'));
      assert.ok(phone.includes(',blocked,') && phone.includes(',"left in a ""taxi"", or a bus",'));
      assert.equal(lines.length, 5);
      assert.deepEqual(mia.errors.filter((error) => !error.includes('400')), []);
    });
  });
}
