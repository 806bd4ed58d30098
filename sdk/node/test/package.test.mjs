// What is shipped: one dependency, what the manifest names, and types that fit the README and the guide.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import ts from 'typescript';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('package.json', root)));

test('it needs jose and nothing else', async () => {
  assert.deepEqual(Object.keys(manifest.dependencies), ['jose']);
  const files = (await readdir(new URL('dist/', root))).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(`dist/${name}`, root), 'utf8')));
  const imported = Array.from(texts.join('\n').matchAll(/from '([^.][^']*)'/g), ([, name]) => name);
  assert.deepEqual([...new Set(imported)].sort(), ['jose', 'node:crypto', 'node:http']);
});

test('every file that the manifest names is there', async () => {
  const { types, default: module } = manifest.exports['.'];
  for (const path of [types, module, manifest.types]) {
    assert.ok((await readFile(new URL(path, root))).length > 0, path);
  }
});

const options = {
  ...{ noEmit: true, strict: true, skipLibCheck: true, esModuleInterop: true },
  ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
};

/** What the compiler says of a module that imports the package by its name. */
function typeErrors(source) {
  const path = fileURLToPath(new URL('example.mts', root));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

for (const [name, count] of [['README.md', 1], ['../../docs/node.md', 2]]) {
  test(`the examples of ${name} fit the types`, async () => {
    const page = await readFile(new URL(name, root), 'utf8');
    const examples = Array.from(page.matchAll(/```ts\n([\s\S]*?)```/g), ([, example]) => example);
    assert.equal(examples.length, count);
    for (const example of examples) {
      assert.deepEqual(typeErrors(example), []);
      assert.notDeepEqual(typeErrors(example.replace('issuer:', 'isuer:')), [], 'a slip is found');
    }
  });
}

test('the README names every option, and the guide every error', async () => {
  const [readme, guide] = await Promise.all(['README.md', '../../docs/node.md'].map((name) => readFile(new URL(name, root), 'utf8')));
  const source = await readFile(new URL('src/options.ts', root), 'utf8');
  const names = Array.from(/interface GuardOptions.*?^}/ms.exec(source)[0].matchAll(/^ {2}(\w+)\??:/gm), ([, name]) => name);
  assert.ok(names.length >= 12);
  for (const name of names) {
    assert.ok(readme.includes(`\`${name}\``), name);
  }
  for (const error of ['insufficient_user_authentication', 'invalid_token', 'use_dpop_nonce', 'invalid_dpop_proof']) {
    assert.ok(guide.includes(`\`${error}\``), error);
  }
});
