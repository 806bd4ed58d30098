// The web site of an app that uses the SDK, and what a test does on its pages.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url);

const modulePage = `<!doctype html><title>Bank</title><script type="module">
  import { createSymbolon, SymbolonError } from '/symbolon.js';
  Object.assign(window, { createSymbolon, SymbolonError, ready: true });
</script>`;

const scriptPage = `<!doctype html><title>Bank</title><script src="/symbolon.global.js"></script>
<script>Object.assign(window, Symbolon, { ready: true })</script>`;

/** Strict, as a careful app's pages are: the element brings no style or script of its own into the page. */
const devicesPage = `<!doctype html><html lang="en"><title>Bank</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; connect-src *">
<main><h1>Settings</h1><symbolon-devices></symbolon-devices></main>
<script type="module" src="/symbolon.js"></script><script type="module" src="/devices.js"></script><script type="module" src="/ready.js"></script>`;

const readyScript = `import { createSymbolon, SymbolonError } from '/symbolon.js';
Object.assign(window, { createSymbolon, SymbolonError, ready: true });`;

const files = {
  '/': { type: 'text/html', read: () => modulePage },
  '/script-tag': { type: 'text/html', read: () => scriptPage },
  '/devices': { type: 'text/html', read: () => devicesPage },
  '/site.css': { type: 'text/css', read: () => ':root { color-scheme: light dark } body { background: Canvas; margin: 1rem }' },
  '/ready.js': { type: 'text/javascript', read: () => readyScript },
  '/devices.js': { type: 'text/javascript', read: () => readFile(new URL('dist/devices.js', root)) },
  '/symbolon.js': { type: 'text/javascript', read: () => readFile(new URL('dist/symbolon.js', root)) },
  '/symbolon.global.js': { type: 'text/javascript', read: () => readFile(new URL('dist/symbolon.global.js', root)) },
  '/signals.js': { type: 'text/javascript', read: () => bundle('src/signals.ts') },
};

/** Serves the pages on a free port of localhost. */
export async function startSite() {
  const server = createServer(async (request, response) => {
    const file = files[request.url];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': file.type }).end(await file.read());
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  return {
    url: `http://localhost:${port}/`,
    /** The same pages under a name that makes no secure context. */
    insecureUrl: `http://bank.test:${port}/`,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

async function bundle(path) {
  const entry = new URL(path, root).pathname;
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return outputFiles[0].text;
}

/** Opens a page and sets up the SDK on it. */
export async function open(context, url, options) {
  const page = await context.newPage();
  await visit(page, url, options);
  return page;
}

export async function visit(page, url, options) {
  await page.goto(url);
  await page.waitForFunction(() => window.ready);
  await setUp(page, options);
}

/**
 * Sets the SDK up anew. Beside its own options there are `tickets`, with which the page's `ticket()` gives assertions;
 * `impatience`, after which as many milliseconds a request counts as lost; and `minutesAhead`, by which the service's
 * clock seems ahead.
 */
export function setUp(page, options) {
  return page.evaluate(({ tickets, impatience, minutesAhead = 0, ...given }) => {
    const send = async (url, init) => {
      const signal = impatience ? AbortSignal.timeout(impatience) : init.signal;
      const response = await fetch(url, { ...init, signal });
      if (!minutesAhead || !response.ok || !url.endsWith('/challenges')) {
        return response;
      }
      const { challenge, expiresAt } = await response.json();
      return Response.json({ challenge, expiresAt: new Date(Date.parse(expiresAt) + minutesAhead * 60_000) });
    };
    const assertion = tickets ? () => window.ticket() : undefined;
    const spoilt = impatience || minutesAhead ? { fetch: send } : {};
    window.symbolon = createSymbolon({ ...given, assertion, ...spoilt });
  }, options);
}

/** Calls a function of the SDK: gives its result, as JSON carries it, or `{error}` with what it rejects with. */
export function call(page, name, ...args) {
  return page.evaluate(
    async ([name, args]) => {
      try {
        const path = name.split('.');
        const called = path.pop();
        const of = path.reduce((object, member) => object[member], window.symbolon);
        const value = await of[called](...args);
        return JSON.parse(JSON.stringify(value ?? null));
      } catch (error) {
        const { code, status, retryAfter, choices, message } = error;
        const told = { code, status, retryAfter, message, typed: error instanceof SymbolonError };
        return { error: choices ? { ...told, choices } : told };
      }
    },
    [name, args],
  );
}
