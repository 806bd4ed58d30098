// A shop whose app an admin makes in the portal: a page with the web SDK, and a backend that holds the credential.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const sdk = new URL('../../sdk/web/dist/symbolon.js', import.meta.url);

/** Starts it: {origin, connect, close}. Its pages work once it is connected to an app. */
export async function startShop() {
  let app;
  const routes = {
    '/': () => ['text/html', page(app)],
    '/symbolon.js': async () => ['text/javascript', await readFile(sdk)],
    '/ticket': async () => ['application/json', await ask(app, 'tickets', { userId: 'anna', factor: 'otp', trust: { duration: 'P30D' } })],
    '/sign-in': async (proven, context) => ['application/json', await ask(app, 'decisions', { userId: 'anna', action: 'login', ...JSON.parse(proven), context })],
  };
  const server = createServer(async (request, response) => {
    try {
      const body = (await request.toArray()).join('');
      const context = { ipAddress: request.socket.remoteAddress, userAgent: request.headers['user-agent'] };
      const [type, text] = await routes[request.url](body, context);
      response.setHeader('Content-Type', `${type}; charset=utf-8`).end(text);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** app is {service, id, key}. */
    connect: (to) => (app = to),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

/** What the service answers the backend, as text. */
async function ask({ service, id, key }, path, body) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${service}/v1/apps/${id}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.text();
}

function page({ service, id }) {
  return `<!doctype html><title>Shop</title><h1>Shop</h1>
<button id="register">Keep me signed in</button> <button id="sign-in">Sign in</button> <p role="status"></p>
<script type="module">
  import { createSymbolon } from '/symbolon.js';
  const symbolon = createSymbolon({ baseUrl: '${service}', app: '${id}' });
  const say = (text) => (document.querySelector('[role=status]').textContent = text);
  const post = async (path, body) => (await fetch(path, { method: 'POST', body })).json();
  document.querySelector('#register').onclick = async () => {
    const { ticket } = await post('/ticket');
    const { deviceName } = await symbolon.register({ assertion: ticket });
    say('Registered as ' + deviceName);
  };
  document.querySelector('#sign-in').onclick = async () => {
    say('…');
    const { proof, signals } = await symbolon.prove({ action: 'login' });
    const { recommendation, code } = await post('/sign-in', JSON.stringify({ proof, signals }));
    say('The shop was told ' + (recommendation ?? code));
  };
  say('Ready');
</script>`;
}
