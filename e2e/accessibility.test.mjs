// Nobody is kept out: axe finds nothing on any screen, in light and in dark, on a desktop and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';
import { eachScreen } from './harness/screens.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

const sizeOf = () => ({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth });

for (const options of looks) {
  test(`axe finds nothing in ${options.colorScheme}, ${options.viewport.width} pixels wide`, async (t) => {
    const demo = await startDemo();
    t.after(demo.close);
    const seen = [];
    await eachScreen(t, browser, demo, { user: 'alice', options }, async (name, page) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
      assert.deepEqual(found, [], name);
      const { scrollWidth, clientWidth } = await page.evaluate(sizeOf);
      assert.ok(scrollWidth <= clientWidth, `${name} is ${scrollWidth} wide on a screen of ${clientWidth}`);
      seen.push(name);
    });
    assert.ok(seen.length >= 10, `only ${seen} were seen`);
  });
}
