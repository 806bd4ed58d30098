// The shop's page. It has no backend of its own: the provider says who the person is, and Symbolon reads that.
import { createSymbolon } from '/symbolon.js';

const { issuer, service, app } = await (await fetch('/config.json')).json();
const home = `${location.origin}/`;

// The page is told in its address as which client it signs in, for which API, and which token it shows to Symbolon.
const address = new URLSearchParams(location.search);
const isAnswer = address.has('state');
if (!isAnswer && address.size > 0) sessionStorage.options = JSON.stringify(Object.fromEntries(address));
const { client = 'shop', resource, shows = 'id_token' } = JSON.parse(sessionStorage.options ?? '{}');

const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
const tokens = () => JSON.parse(sessionStorage.tokens ?? 'null');
const person = () => JSON.parse(atob(tokens().id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub;

/** The authorization code flow with PKCE (RFC 7636), from here to the provider's page. */
async function signIn(more) {
  [sessionStorage.verifier, sessionStorage.state] = [random(), random()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sessionStorage.verifier));
  const asked = {
    client_id: client,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: home,
    state: sessionStorage.state,
    code_challenge: encode(digest),
    code_challenge_method: 'S256',
    ...(resource && { resource }),
    ...more,
  };
  location.assign(`${issuer}/auth?${new URLSearchParams(asked)}`);
}

/** Back from there: the code is good for tokens. */
async function redeem() {
  history.replaceState(null, '', '/');
  if (address.get('state') !== sessionStorage.state) throw new Error('this is no answer to what the page asked');
  if (address.has('error')) throw new Error(address.get('error_description'));
  const asked = {
    grant_type: 'authorization_code',
    client_id: client,
    redirect_uri: home,
    code: address.get('code'),
    code_verifier: sessionStorage.verifier,
    ...(resource && { resource }),
  };
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(asked) });
  if (!answer.ok) throw new Error(await answer.text());
  sessionStorage.tokens = await answer.text();
  return `Hello, ${person()}.`;
}

const symbolon = createSymbolon({ baseUrl: service, app, assertion: () => tokens()[shows] });

async function remember() {
  const device = await symbolon.register({ user: person() });
  return `Known as ${device.deviceName}.`;
}

async function trust() {
  const devices = await symbolon.devices.list({ user: person() });
  const { deviceId } = devices.find(({ isCurrent }) => isCurrent);
  const { trust } = await symbolon.devices.trust(deviceId, { user: person(), duration: 'P7D' });
  return `Trusted until ${trust.trustedUntil}.`;
}

async function list() {
  const devices = await symbolon.devices.list({ user: person() });
  return `${devices.length} of ${person()}: ${devices.map(described).join(', ')}`;
}

function described({ deviceName, isCurrent, trust }) {
  const isTrusted = trust && !trust.revokedAt;
  return `${deviceName}${isTrusted ? ', trusted' : ''}${isCurrent ? ' (this browser)' : ''}`;
}

async function tell(what) {
  const status = document.querySelector('[role=status]');
  status.textContent = '';
  status.textContent = await what().catch((error) => `${error.code ?? 'fault'}: ${error.message}`) ?? '';
}

const buttons = { 'sign-in': () => signIn({}), 'sign-in-anew': () => signIn({ prompt: 'login' }), remember, trust, list };
for (const [id, what] of Object.entries(buttons)) document.getElementById(id).onclick = () => tell(what);
window.symbolon = symbolon;
if (isAnswer) await tell(redeem);
document.getElementById('devices').hidden = !tokens();
