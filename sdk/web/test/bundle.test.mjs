// What is shipped: small, alone, and with types that fit the README.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { apiTypes, written } from '../types.mjs';
import { typeErrors } from './harness/types.mjs';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('package.json', root)));

for (const name of ['symbolon.js', 'symbolon.global.js']) {
  test(`${name} is under 12 kB gzip`, async () => {
    const { length } = gzipSync(await readFile(new URL(`dist/${name}`, root)), { level: 9 });
    assert.ok(length < 12_000, `${length} bytes`);
  });
}

test('devices.js is under 20 kB gzip', async () => {
  const { length } = gzipSync(await readFile(new URL('dist/devices.js', root)), { level: 9 });
  assert.ok(length < 20_000, `${length} bytes`);
});

test('it needs nothing else', async () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  const bundle = await readFile(new URL('dist/symbolon.js', root), 'utf8');
  assert.doesNotMatch(bundle, /\bimport\b|\brequire\(/);
});

test('every file that the manifest names is there', async () => {
  const { types, default: module } = manifest.exports['.'];
  const devices = manifest.exports['./devices'];
  for (const path of [types, module, devices.types, devices.default, manifest.types, manifest.unpkg, manifest.exports['./symbolon.global.js']]) {
    assert.ok((await readFile(new URL(path, root))).length > 0, path);
  }
});

test('it can be loaded where there is no browser, and says so when it is used', async () => {
  const { createSymbolon } = await import(new URL('dist/symbolon.js', root));
  const symbolon = createSymbolon({ baseUrl: 'https://devices.example.com', app: 'bank' });
  assert.deepEqual(await symbolon.prove(), { proof: null, reason: 'no_secure_context', signals: undefined });
});

test('the types are those of the service: if not, npm run types', async () => {
  assert.equal(await readFile(written, 'utf8'), await apiTypes());
});

test('the examples of the README fit the types', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const examples = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, example]) => example);
  assert.equal(examples.length, 3);
  for (const example of examples) {
    assert.deepEqual(typeErrors(example), []);
    assert.notDeepEqual(typeErrors(example.replace(/app:/, 'ap:')), [], 'a slip is found');
  }
});
