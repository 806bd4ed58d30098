import type { Settings } from '../api.js';
import { h } from '../dom.js';
import { tour } from '../words.js';
import { ActivityPanel } from './panel.js';
import { Guide } from './guide.js';
import { SecondWindow } from './second.js';

/** The demo around the bank: the guide, a second window, and the panel that tells what happens. */
export function openStage(settings: Settings): void {
  const place = (id: string) => document.getElementById(id) as HTMLElement;
  place('first').setAttribute('aria-label', tour.windows.first);
  place('address').replaceChildren(h('b', {}, tour.windows.first), location.host);
  const second = new SecondWindow(place('second'), settings.otherOrigin);
  const panel = new ActivityPanel(place('activity'), settings);
  new Guide(place('guide'), settings, {
    other: settings.otherOrigin === undefined ? undefined : () => second.open('other'),
    staff: () => second.open('staff'),
    restart: () => panel.clear(),
  });
}
