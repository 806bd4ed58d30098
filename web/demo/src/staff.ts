import { connect, listen } from './activity.js';
import { type Settings, get } from './api.js';
import { Desk } from './staff/desk.js';

if (window.parent !== window) document.documentElement.classList.add('framed');
const desk = new Desk(document.getElementById('staff') as HTMLElement);
connect(await get<Settings>('settings'));
// A device that came or changed in another window shows up here by itself.
listen(({ kind }) => {
  if (kind === 'registered' || kind === 'trusted') void desk.refresh();
});
