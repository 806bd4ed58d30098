// A bank's API that knows the device behind each request, in one file. docs/node.md walks through it.
//
//   GET  /balance    a known device of the customer, by its token
//   POST /transfers  a trusted one, which proves each request with its key (DPoP, RFC 9449)
//
// What is the bank's own, the sign-in and the ledger, is as short as can be: one customer, everything in memory.
import { randomUUID } from 'node:crypto';
import { createGuard } from '@symbolon/node';
import express from 'express';

const { SYMBOLON_URL, SYMBOLON_APP, SYMBOLON_KEY, PUBLIC_URL, PORT = '8091' } = process.env;

const sessions = new Map();
const cents = { alice: 100_00 };

/** What the guards ask: whose request is it? */
function user({ headers }) {
  const [, session] = /(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? '') ?? [];
  return sessions.get(session);
}

// Reading relies on the token, which is good for five minutes.
const reads = createGuard({ issuer: SYMBOLON_URL, app: SYMBOLON_APP, user });

// Money asks the service as well, so that a block counts at once, and takes a proof with each request.
const pays = createGuard({
  issuer: SYMBOLON_URL,
  app: SYMBOLON_APP,
  user,
  live: { baseUrl: SYMBOLON_URL, key: SYMBOLON_KEY },
  dpop: 'required',
  publicUrl: PUBLIC_URL,
});

const app = express();

app.post('/sign-in', express.urlencoded(), (request, response) => {
  const { name, password } = request.body ?? {};
  if (name !== 'alice' || password !== 'correct horse') {
    response.status(401).json({ message: 'Wrong name or password.' });
    return;
  }
  const session = randomUUID();
  sessions.set(session, name);
  response.cookie('session', session, { httpOnly: true, sameSite: 'lax', secure: PUBLIC_URL.startsWith('https:') });
  response.json({ message: `Hello, ${name}.` });
});

app.get('/balance', reads.express(), ({ symbolon }, response) => {
  response.json({ cents: cents[symbolon.userId], device: symbolon.deviceId });
});

app.post('/transfers', pays.express({ trusted: true, maxRisk: 30 }), express.json(), (request, response) => {
  const { userId } = request.symbolon;
  const { to, cents: amount } = request.body ?? {};
  if (typeof to !== 'string' || !Number.isInteger(amount) || amount < 1 || amount > cents[userId]) {
    response.status(400).json({ message: 'to and cents are needed, and no more cents than there are.' });
    return;
  }
  cents[userId] -= amount;
  cents[to] = (cents[to] ?? 0) + amount;
  response.status(201).json({ cents: cents[userId] });
});

app.listen(Number(PORT), '127.0.0.1', function listening() {
  console.log(`The bank's API is at http://127.0.0.1:${this.address().port}`);
});
