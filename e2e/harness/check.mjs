// The page of /device-check as it was built, before a service that answers what a test says.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const dist = new URL('../../web/check/dist/', import.meta.url);
const kinds = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const device = {
  deviceId: 'd1', appId: 'bank', userId: 'alice', deviceName: 'Kitchen laptop', deviceType: 'laptop', platform: 'web', status: 'active',
  riskScore: 0, usageCount: 0, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z',
};

export const known = (recommendation) => ({ status: 200, body: { known: true, recommendation } });
export const stranger = { status: 200, body: { known: false, recommendation: 'CHALLENGE' } };
export const refused = (status, code, more) => ({ status, body: { status, code, title: code, detail: `The service says ${code}.`, ...more } });

/** Serves it; what the service answers to each call can be changed at any time. */
export async function startCheck(t) {
  const site = { user: 'alice', devices: { status: 201, body: device }, decisions: known('ALLOW'), asked: [] };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const call = pathname.match(/^\/device-check\/v1\/apps\/bank\/(\w+)$/)?.[1];
    if (call) {
      site.asked.push({ call, headers: request.headers });
      answer(response, call === 'challenges' ? challenge() : site[call]);
    } else if (pathname === '/device-check' || pathname.startsWith('/device-check/assets/')) {
      await serve(response, pathname, site.user);
    } else {
      response.setHeader('Content-Type', kinds.html).end('<!doctype html><title>The app</title><h1>Welcome</h1>');
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close().closeAllConnections());
  site.url = `http://localhost:${server.address().port}`;
  return site;
}

/** An answer that is undefined never comes. */
function answer(response, given) {
  if (given !== undefined) {
    response.writeHead(given.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(given.body));
  }
}

function challenge() {
  return { status: 200, body: { challenge: 'a-challenge', expiresAt: new Date(Date.now() + 300_000).toISOString() } };
}

async function serve(response, pathname, user) {
  const name = pathname === '/device-check' ? 'index.html' : pathname.slice('/device-check/'.length);
  let text = await readFile(new URL(name, dist), 'utf8');
  if (name === 'index.html') {
    text = text.replace('content="unknown"', `content="${user !== ''}"`).replace('name="symbolon-user" content=""', `name="symbolon-user" content="${user}"`);
    response.setHeader('Content-Security-Policy', policy);
  }
  response.setHeader('Content-Type', kinds[name.split('.').pop()]).end(text);
}
