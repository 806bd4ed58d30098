import type { Device } from '../device.js';
import { button, h } from './dom.js';
import { icon } from './icons.js';
import { type Action, isOdd, isTrusted } from './source.js';
import { ago, day, exact } from './time.js';
import { type Words, fill } from './words.js';

export interface Look {
  words: Words;
  language: string;
}

export interface Doings {
  /** The id of the device whose name is being changed. */
  renaming: string | undefined;
  start(action: Action, device: Device): void;
  rename(device: Device, name: string): void;
  stopRenaming(): void;
}

/** One device: what it is, where and when it was used last, and what can be done with it. */
export function card(device: Device, look: Look, doings: Doings): HTMLElement {
  const { words } = look;
  const { deviceId, deviceName, status } = device;
  const told = [used(device, look), trusted(device, look), aside(fill(words.firstSeen, { when: day(device.createdAt, look.language) }))];
  if (status === 'blocked') {
    told.push(h('p', { class: 'refused' }, words.blockedHelp));
  } else if (isOdd(device)) {
    told.push(h('p', { class: 'odd', part: 'odd' }, words.odd));
  }
  const body = h('div', { class: 'body' }, h('div', { class: 'name' }, h('h3', { id: `name-${deviceId}`, part: 'name' }, deviceName), ...badges(device, look)), ...told);
  body.append(doings.renaming === deviceId ? nameForm(device, look, doings) : actions(device, look, doings));
  return h('li', { class: 'card', part: device.isCurrent ? 'card current' : 'card', 'aria-labelledby': `name-${deviceId}` }, icon(device.deviceType), body);
}

function badges({ isCurrent, status }: Device, { words }: Look): HTMLElement[] {
  const badge = (text: string, kind = '') => h('span', { class: `badge ${kind}`, part: 'badge' }, text);
  return [
    ...(isCurrent ? [badge(words.thisDevice)] : []),
    ...(status === 'blocked' ? [badge(words.blocked, 'refused')] : []),
    ...(status === 'pending' ? [badge(words.pending)] : []),
  ];
}

function used({ lastUsedAt, location }: Device, { words, language }: Look): HTMLElement {
  if (!lastUsedAt) {
    return aside(words.neverUsed);
  }
  const when = ago(lastUsedAt, language);
  const line = aside(location ? fill(words.lastUsedIn, { when, place: location }) : fill(words.lastUsed, { when }));
  line.title = exact(lastUsedAt, language);
  return line;
}

function trusted(device: Device, { words, language }: Look): HTMLElement | undefined {
  if (!isTrusted(device)) {
    return undefined;
  }
  const until = device.trust?.endsAt;
  return aside(until ? fill(words.trustedUntil, { when: day(until, language) }) : words.trustedAlways);
}

function aside(text: string): HTMLElement {
  return h('p', {}, text);
}

function actions(device: Device, { words }: Look, { start }: Doings): HTMLElement {
  const { deviceName: name, isCurrent } = device;
  const act = (action: Action, text: string, label = '', kind = '') =>
    button(`${action} ${device.deviceId}`, text, () => start(action, device), { class: kind, 'aria-label': label && fill(label, { name }) });
  const all = h('div', { class: 'actions', part: 'actions' });
  if (device.status === 'blocked') {
    return all;
  }
  if (isCurrent && device.status === 'active' && !isTrusted(device)) {
    all.append(act('trust', words.trust, words.trust));
  }
  if (isTrusted(device)) {
    all.append(act('distrust', words.distrust, words.distrustOf));
  }
  all.append(act('rename', words.rename, words.renameOf), act('remove', words.remove, words.removeOf));
  if (!isCurrent) {
    all.append(act('lost', words.lost, words.lostOf, 'danger'));
  }
  return all;
}

function nameForm(device: Device, { words }: Look, { rename, stopRenaming }: Doings): HTMLElement {
  const field = h('input', { 'data-key': `name ${device.deviceId}`, value: device.deviceName, maxlength: '255', required: true, part: 'input' });
  const form = h(
    'form', {},
    h('label', {}, words.name, field),
    h('div', { class: 'actions' }, h('button', { class: 'first', part: 'button' }, words.save), button('cancel', words.cancel, stopRenaming)),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    rename(device, field.value.trim());
  });
  return form;
}
