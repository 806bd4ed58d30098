import type { DeviceEvent } from '../device.js';
import { button, h } from './dom.js';
import type { Look } from './card.js';
import { ago, exact } from './time.js';
import { type Words, fill } from './words.js';

export interface Past {
  open: boolean;
  events: DeviceEvent[];
  next: string | undefined;
  /** What a device is called, by its id. */
  names: Map<string, string>;
}

/** What happened to the devices, in plain words, the latest first. What has no words is left out. */
export function history({ open, events, next, names }: Past, look: Look, toggle: (open: boolean) => void, more: () => void): HTMLElement {
  const { words } = look;
  const lines = events.map((event) => line(event, names, look)).filter((made) => made !== undefined);
  const list = h('ul', {}, ...lines);
  const details = h(
    'details', { class: 'history', part: 'history', open },
    h('summary', { 'data-key': 'history' }, words.history),
    lines.length > 0 ? list : h('p', {}, words.historyEmpty),
    next === undefined ? undefined : button('more', words.more, more),
  );
  details.addEventListener('toggle', () => details.open !== open && toggle(details.open));
  return details;
}

function line({ type, at, deviceId, actor }: DeviceEvent, names: Map<string, string>, { words, language }: Look): HTMLElement | undefined {
  const template = words[type as keyof Words];
  if (!template) {
    return undefined;
  }
  const what = fill(template, { name: names.get(deviceId ?? '') ?? words.unnamed });
  const by = type === 'device.registered' ? undefined : { user: words.byYou, admin: words.byStaff }[actor.kind as string];
  return h('li', {}, by ? fill(by, { what }) : what, h('time', { datetime: at, title: exact(at, language) }, ago(at, language)));
}
