// What is shipped: small, alone, and with types that fit the README.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('package.json', root)));

for (const name of ['symbolon.js', 'symbolon.global.js']) {
  test(`${name} is under 12 kB gzip`, async () => {
    const { length } = gzipSync(await readFile(new URL(`dist/${name}`, root)), { level: 9 });
    assert.ok(length < 12_000, `${length} bytes`);
  });
}

test('it needs nothing else', async () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  const bundle = await readFile(new URL('dist/symbolon.js', root), 'utf8');
  assert.doesNotMatch(bundle, /\bimport\b|\brequire\(/);
});

test('every file that the manifest names is there', async () => {
  const { types, default: module } = manifest.exports['.'];
  for (const path of [types, module, manifest.types, manifest.unpkg, manifest.exports['./symbolon.global.js']]) {
    assert.ok((await readFile(new URL(path, root))).length > 0, path);
  }
});

test('it can be loaded where there is no browser, and says so when it is used', async () => {
  const { createSymbolon } = await import(new URL('dist/symbolon.js', root));
  const symbolon = createSymbolon({ baseUrl: 'https://devices.example.com', app: 'bank' });
  assert.deepEqual(await symbolon.prove(), { proof: null, reason: 'no_secure_context', signals: undefined });
});

test('the example of the README fits the types', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const [, example] = readme.match(/```ts\n([\s\S]*?)```/);
  assert.deepEqual(typeErrors(example), []);
  assert.notDeepEqual(typeErrors(example.replace('assertion:', 'asertion:')), [], 'a slip is found');
});

/** What the compiler says of a module that imports the package by its name. */
function typeErrors(source) {
  const path = fileURLToPath(new URL('example.ts', root));
  const options = {
    noEmit: true,
    strict: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
