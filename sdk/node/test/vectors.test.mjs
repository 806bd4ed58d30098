// What the Go verifier and this one have to agree on: spec/vectors/dpop.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { verifyProof } from '../dist/dpop.js';
import { normalised } from '../dist/url.js';

const vectors = JSON.parse(await readFile(new URL('../../../spec/vectors/dpop.json', import.meta.url)));
// A resource server sees no proof without a token.
const valid = vectors.valid.filter(({ request }) => request.token);

const verify = ({ proof, request: { method, url, token = '', tokenThumbprint: thumbprint = '', now } }) =>
  verifyProof(proof, { method, url, token, thumbprint, now: Date.parse(now) });

for (const vector of valid) {
  test(`accepted: ${vector.why}`, async () => {
    const { id, until } = await verify(vector);
    assert.match(id, /^[\w-]{43}$/);
    assert.ok(until >= Date.parse(vector.request.now));
  });
}

for (const vector of vectors.refused) {
  test(`refused by check ${vector.check}: ${vector.why}`, async () => {
    await assert.rejects(verify(vector), { error: 'invalid_dpop_proof' });
  });
}

for (const { written, normal } of vectors.urls) {
  test(`${written} is ${normal}`, () => assert.equal(normalised(written), normal));
}

for (const text of vectors.notUrls) {
  test(`${JSON.stringify(text)} is no URL`, () => assert.equal(normalised(text), undefined));
}

test('the vectors are understood', () => {
  assert.ok(valid.length >= 7 && vectors.refused.length >= 30 && vectors.urls.length >= 15);
});
