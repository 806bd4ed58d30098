import { createSymbolon } from '@symbolon/web';
import '@symbolon/web/devices';

const list = document.querySelector('symbolon-devices')!;
const { app = '', service = '' } = list.dataset;

/** Beside the page: this origin's own, so that the key of this browser is at hand. */
const base = location.pathname.slice(0, location.pathname.lastIndexOf('/'));

/** The cookie of the page says who asks; no script can read it. */
async function assertion(): Promise<string> {
  const answer = await fetch(`${base}/${app}/ticket`, { method: 'POST', credentials: 'same-origin' });
  if (!answer.ok) {
    location.reload(); // to the page that says that the visit has ended
    throw new Error('the visit has ended');
  }
  return ((await answer.json()) as { ticket: string }).ticket;
}

/** The app's pages ask the service by its own address; behind a proxy they may have met it at the device check only. */
async function serviceUrl(): Promise<string> {
  const check = `${location.origin}/device-check`;
  const kept = (await indexedDB.databases?.().catch(() => [])) ?? [];
  return [service, check].find((url) => kept.some(({ name }) => name === `symbolon ${url} ${app}`)) ?? service;
}

void serviceUrl().then((url) => {
  list.symbolon = createSymbolon({ baseUrl: base, serviceUrl: url, app, assertion });
});
list.addEventListener('symbolon-signed-out', () => {
  void fetch(`${base}/${app}/sign-out`, { method: 'POST', credentials: 'same-origin' }).finally(() => location.reload());
});
