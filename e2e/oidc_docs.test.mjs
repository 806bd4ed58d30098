// The page on identity providers, followed by a reader who has a real one. (docs/oidc_test.go runs all of its commands.)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SigningKey } from './harness/oidc_keys.mjs';
import { introspector, startProvider } from './harness/oidc_provider.mjs';
import { startService } from './harness/oidc_service.mjs';

const page = readFileSync(new URL('../docs/oidc.md', import.meta.url), 'utf8');

/** The commands of a section, by its heading. */
function commands(heading) {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section, `the page has no section "${heading}"`);
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
}

/** Serves files by their paths: `{url, files}`. */
async function startFiles(t) {
  const files = {};
  const server = createServer((request, response) => response.writeHead(request.url in files ? 200 : 404).end(files[request.url]));
  t.after(() => new Promise((closed) => server.close(closed).closeAllConnections()));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, files };
}

test('the commands of the page work', async (t) => {
  const service = await startService('SQLite');
  t.after(() => service.close());
  const provider = await startProvider('http://localhost/');
  t.after(() => provider.close());
  const folder = await mkdtemp(join(tmpdir(), 'symbolon-e2e-docs-'));
  t.after(() => rm(folder, { recursive: true }));
  await service.must('POST', '/v1/apps', { id: 'acme', name: 'Acme' });
  await writeFile(join(folder, 'token.txt'), provider.mint({ claims: { aud: 'acme-web', amr: ['pwd', 'otp'] } }));
  await writeFile(join(folder, 'secret.txt'), introspector.clientSecret);

  const follow = async (heading) => {
    const script = commands(heading).join('\n').replace(/^ISSUER=.*$/m, `ISSUER=${provider.issuer}`);
    const { code, output } = await service.run(script, folder, { URL: service.url, ISSUER: provider.issuer });
    assert.equal(code, 0, output);
    return output;
  };
  const issuers = async () => (await service.must('GET', '/v1/apps/acme')).issuers;

  await t.test('the provider is listed, and reached', async () => {
    const output = await follow('List the provider');
    assert.match(output, /"check":"issuers","health":"ok"/);
    const [{ issuer, audiences, factor }] = await issuers();
    assert.deepEqual({ issuer, audiences }, { issuer: provider.issuer, audiences: ['acme-web', 'acme-api'] });
    assert.deepEqual(factor, { amr: ['otp', 'hwk'] });
  });

  await t.test('a token is checked, and opens what is its user’s', async () => {
    const output = await follow('Send the token');
    assert.match(output, /The token is good\.[^]*anna[^]*otp, just passed/);
    assert.match(output, /"items":\[\]/);
  });

  await t.test('the provider is asked about opaque tokens', async () => {
    await follow('Opaque tokens');
    const [{ introspection }, ...others] = await issuers();
    assert.equal(introspection.clientId, introspector.clientId);
    assert.deepEqual(others, []);
    const unknown = await service.call('GET', '/v1/apps/acme/me/devices', undefined, { bearer: 'no-such-token' });
    assert.equal(unknown.status, 401, JSON.stringify(unknown.body));
    assert.match(unknown.body.detail, /not active/);
  });

  await t.test('two files before Kratos are enough for the tokens of its tokenizer', async (t) => {
    const kratos = await startFiles(t);
    const key = new SigningKey('RS256');
    const [, document] = page.match(/^```json\n(\{"issuer".*)\n```$/m);
    kratos.files['/.well-known/openid-configuration'] = document.replaceAll('https://kratos.example.com/', kratos.url);
    kratos.files['/.well-known/symbolon-keys.json'] = JSON.stringify({ keys: [key.publicJWK] });
    const [, byTokenizer] = commands('Ory Kratos');
    const { code, output } = await service.run(byTokenizer.replace('https://kratos.example.com/', kratos.url), folder);
    assert.equal(code, 0, output);

    const show = (acr) => {
      const bearer = provider.mint({ claims: { iss: kratos.url, aud: 'acme-web', auth_time: undefined, amr: undefined, acr }, key });
      return service.call('GET', '/v1/apps/acme/me/devices', undefined, { bearer });
    };
    assert.equal((await show('aal2')).status, 200);
    assert.match((await show('aal1')).body.detail, /acr/);
  });
});
