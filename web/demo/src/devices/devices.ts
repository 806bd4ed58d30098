import type { Device } from '@symbolon/web';
import type { Bank } from '../bank.js';
import { busy, button, h } from '../dom.js';
import { words } from '../words.js';
import { badges, lastSeen } from './badges.js';

/** The customer's devices, with what they may do about them. */
export async function showDevices(bank: Bank): Promise<HTMLElement> {
  const { items } = await bank.act<{ items: Device[] }>('devices', 'devices');
  return h(
    'div',
    { class: 'screen' },
    h('h1', {}, words.devices.title),
    h('p', { class: 'lead' }, items.length > 0 ? words.devices.lead : words.devices.none),
    h('ul', { class: 'devices' }, ...items.map((device) => deviceCard(bank, device))),
  );
}

function deviceCard(bank: Bank, device: Device & { isCurrent?: boolean }): HTMLElement {
  const change = (verb: 'distrust' | 'remove', said: string) => () => {
    void busy(card, async () => {
      try {
        await bank.act(`devices/${encodeURIComponent(device.deviceId)}/${verb}`, 'devices');
        await bank.show('devices');
        bank.say(said, 'good');
      } catch (error) {
        bank.say(bank.leave(error));
      }
    });
  };
  const named = (text: string) => ({ 'aria-label': `${text}: ${device.deviceName}` });
  const trusted = device.trust && !device.trust.revokedAt;
  const distrust = button(words.devices.distrust, change('distrust', words.devices.distrusted(device.deviceName)));
  const remove = button(words.devices.remove, change('remove', words.devices.removed(device.deviceName)));
  for (const made of [distrust, remove]) made.setAttribute('aria-label', named(made.textContent as string)['aria-label']);
  const card = h(
    'li',
    { class: 'card device' },
    h('h2', {}, device.deviceName),
    badges(device, device.isCurrent ? words.devices.current : undefined),
    h('p', { class: 'facts' }, lastSeen(device)),
    device.location !== undefined && h('p', { class: 'facts' }, words.devices.seenAt(device.location)),
    device.status !== 'blocked' && h('div', { class: 'row' }, trusted ? distrust : undefined, remove),
  );
  return card;
}
