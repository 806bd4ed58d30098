// Doubt is never trust: while nothing can be known of a browser, the bank asks for a code.
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('with its database stopped nothing is skipped, and when it is back the service goes on by itself', async (t) => {
  const demo = await startDemo('PostgreSQL');
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.givePassword();
  await alice.giveCode({ trust: 'P30D' });
  await alice.seesAccounts();
  await alice.signOut();
  await alice.givePassword();
  await alice.seesAccounts();

  await demo.postgres.stop();
  await alice.press('Refresh');
  await alice.answerDialog();
  await alice.seesAccounts();
  await alice.signOut();
  await alice.givePassword();
  await alice.giveCode();
  await alice.seesAccounts();
  await alice.lines().filter({ hasText: 'Doubt is never trust' }).first().waitFor();

  await demo.postgres.start();
  await alice.signOut();
  await alice.givePassword();
  await alice.seesAccounts();
});
