import type { Settings } from '../api.js';
import { h } from '../dom.js';
import { tour } from '../words.js';
import { pretend } from '../pretence.js';
import { DecisionPanel } from './decision.js';
import { Guide } from './guide.js';
import { ActivityPanel } from './panel.js';
import { PretendButtons } from './pretend.js';
import { SecondWindow } from './second.js';

/** The demo around the bank: the guide, a second window, pretences, the last decision, and all that happens. */
export function openStage(settings: Settings): void {
  const place = (id: string) => document.getElementById(id) as HTMLElement;
  place('first').setAttribute('aria-label', tour.windows.first);
  place('address').replaceChildren(h('b', {}, tour.windows.first), location.host);
  const second = new SecondWindow(place('second'), settings.otherOrigin);
  place('side').hidden = false;
  if (settings.places.length > 0) new PretendButtons(place('pretend'), settings);
  else place('pretend').remove();
  const decision = new DecisionPanel(place('decision'), settings);
  const activity = new ActivityPanel(place('activity'), settings);
  new Guide(place('guide'), settings, {
    other: settings.otherOrigin === undefined ? undefined : () => second.open('other'),
    staff: () => second.open('staff'),
    restart: () => {
      activity.clear();
      decision.clear();
      pretend({});
    },
  });
}
