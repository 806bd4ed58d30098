// What is odd about a request is seen, named and acted on: no code for what is as always, one for what is not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`a trusted browser is pretended elsewhere, then on another system, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const alice = await Customer.open(t, browser, demo, 'alice');
    const panel = alice.decision();
    const explains = (text) => panel.locator('.reasons li', { hasText: text }).first().waitFor();

    await t.test('at home nothing is odd, and no code is asked for', async () => {
      await alice.givePassword();
      await alice.giveCode({ trust: 'P30D' });
      await alice.seesAccounts();
      await alice.signOut();
      await alice.givePassword();
      await alice.seesAccounts();
      await panel.getByText('London', { exact: false }).waitFor();
      await panel.getByText('Nothing odd was seen.').waitFor();
      assert.equal(await alice.score(), 0);
      await alice.isKnownIn('London');
    });

    await t.test('from another country a code is asked for, and the panel says why', async () => {
      await alice.pretend('San Francisco, USA');
      await alice.answerDialog();
      await alice.seesAccounts();
      await panel.getByText('San Francisco, CA, USA').first().waitFor();
      await explains('km/h');
      await explains('new_country');
      await panel.getByText('medium risk').waitFor();
      assert.ok((await alice.score()) >= 40);
    });

    await t.test('a place alone ends no trust', async () => {
      assert.equal(await panel.getByText(/^Trust ended/).count(), 0);
      await alice.pretend('Back to normal');
      await panel.getByText('low risk').waitFor();
      await alice.signOut();
      await alice.givePassword();
      await alice.seesAccounts();
      await alice.isTold(/^This browser is trusted until/);
    });

    await t.test('an anonymous network is named', async () => {
      await alice.pretend('An anonymous network');
      await alice.giveUpDialog();
      await explains('anonymous_network');
    });

    await t.test('from another country on another system trust ends, and the sign-in asks for a code', async () => {
      await alice.pretend('San Francisco, USA');
      await alice.giveUpDialog();
      await alice.pretend('another operating system');
      await alice.giveUpDialog();
      await explains('os_changed');
      await panel.getByText(/^Trust ended: \d+ is too odd/).waitFor();
      await panel.getByText('high risk').waitFor();
      assert.ok((await alice.score()) >= 70);
      await alice.signOut();
      await alice.givePassword();
      await alice.sees('Enter your code');
    });

    await t.test('the desk reads the score and the reasons', async () => {
      const desk = await (await browser.newContext()).newPage();
      t.after(() => desk.context().close());
      await desk.goto(`${demo.bank}/staff`);
      const device = desk.locator('.device').first();
      await device.getByText(/looked odd: \d+ of 100/).waitFor();
      await device.getByText(/San Francisco, CA, USA · risk \d+ of 100: .*another operating system/).waitFor();
      assert.equal(await device.getByText(/^trusted/).count(), 0);
    });

    await t.test('back to normal the browser is known, and trusted again only by its user', async () => {
      await alice.pretend('Back to normal');
      await alice.giveCode({ trust: 'P30D' });
      await alice.seesAccounts();
      await alice.signOut();
      await alice.givePassword();
      await alice.seesAccounts();
      await panel.getByText('Nothing odd was seen.').waitFor();
      await alice.goTo('Devices');
      await alice.app.getByText('last seen in London, ENG, UK').waitFor();
      assert.equal(await alice.app.locator('.device').count(), 1);
    });
  });
}
