import type { Device } from '@symbolon/web';
import { h } from '../dom.js';
import { oddity } from '../risk.js';
import { words } from '../words.js';

/** How a device stands, in a few words: known, trusted until …, blocked. */
export function badges(device: Device, extra?: string): HTMLElement {
  const list = h('p', { class: 'badges' });
  if (extra !== undefined) list.append(h('span', { class: 'badge here' }, extra));
  list.append(h('span', { class: `badge ${device.status}` }, words.devices.status[device.status] ?? device.status));
  const { trust } = device;
  if (trust?.active) {
    list.append(h('span', { class: 'badge trusted' }, words.devices.trusted(trust.endsAt ?? null)));
  }
  const odd = oddity(device.riskScore);
  if (odd) list.append(odd);
  return list;
}

export function lastSeen(device: Device): string {
  const seen = device.lastUsedAt ? words.devices.used(device.lastUsedAt) : words.devices.added(device.createdAt);
  return [device.browser, device.operatingSystem, seen].filter(Boolean).join(' · ');
}
