import { connect, listen } from './activity.js';
import { type Settings, get } from './api.js';
import { setThresholds } from './risk.js';
import { Desk } from './staff/desk.js';

if (window.parent !== window) document.documentElement.classList.add('framed');
const settings = await get<Settings>('settings');
connect(settings);
setThresholds(settings);
const desk = new Desk(document.getElementById('staff') as HTMLElement);
// A device that came or changed in another window shows up here by itself.
listen(({ kind }) => {
  if (kind === 'registered' || kind === 'trusted') void desk.refresh();
});
