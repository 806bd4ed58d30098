import type { Device } from '@symbolon/web';
import { type Refusal, get, post } from '../api.js';
import { brand } from '../brand.js';
import { badges, lastSeen } from '../devices/badges.js';
import { Message, busy, button, field, form, h } from '../dom.js';
import { words } from '../words.js';

type StaffDevice = Device & { reasons: string[] };

/** The support desk: a customer's devices, to block, unblock and distrust. */
export class Desk {
  readonly #user = h('input', { name: 'user', value: 'alice', required: true, autocomplete: 'off', spellcheck: false });
  readonly #list = h('ul', { class: 'devices' });
  readonly #message = new Message();

  constructor(root: HTMLElement) {
    root.replaceChildren(
      brand(),
      h('p', { class: 'banner' }, words.staff.banner),
      h('h1', {}, words.staff.title),
      form(
        () => this.refresh(),
        'search',
        field(words.staff.user, this.#user),
        h('button', { class: 'main' }, words.staff.search),
      ),
      this.#message.element,
      this.#list,
    );
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const user = this.#user.value.trim();
    await this.#try(async () => {
      const { items } = await get<{ items: StaffDevice[] }>(`staff/devices?user=${encodeURIComponent(user)}`);
      this.#list.replaceChildren(...items.map((device) => this.#card(device)));
      if (items.length === 0) this.#message.show(words.staff.none(user), 'plain');
    });
  }

  #card(device: StaffDevice): HTMLElement {
    const blocked = device.status === 'blocked';
    const reason = h('input', { name: 'reason', value: words.staff.reasonDefault, required: true, maxLength: 255 });
    const why = device.block && words.staff.blockedFor(device.block.reason ?? '', device.block.at);
    const card = h(
      'li',
      { class: 'card device' },
      h('h2', {}, device.deviceName),
      badges(device),
      h('p', { class: 'facts' }, [lastSeen(device), words.staff.uses(device.usageCount)].join(' · ')),
      h('p', { class: 'facts' }, lastLooked(device)),
      why !== undefined && h('p', { class: 'why' }, why),
      !blocked && field(words.staff.reason, reason),
    );
    const act = (verb: string, text: string, body: () => object, className = '') => {
      const made = button(text, () => void busy(card, () => this.#change(device, verb, body())), className);
      made.setAttribute('aria-label', `${text}: ${device.deviceName}`);
      return made;
    };
    const trusted = device.trust && !device.trust.revokedAt && !blocked;
    card.append(
      h(
        'div',
        { class: 'row' },
        blocked
          ? act('unblock', words.staff.unblock, () => ({}))
          : act('block', words.staff.block, () => ({ reason: reason.value }), 'danger'),
        trusted ? act('distrust', words.staff.distrust, () => ({})) : undefined,
      ),
    );
    return card;
  }

  async #change(device: Device, verb: string, body: object): Promise<void> {
    await this.#try(async () => {
      await post(`staff/devices/${encodeURIComponent(device.deviceId)}/${verb}`, body);
      await this.refresh();
      this.#message.show(`${device.deviceName} ${words.staff.done[verb]}.`, 'good');
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#message.clear();
    try {
      await work();
    } catch (error) {
      this.#message.show(words.refusals[(error as Refusal).code] ?? (words.refusals['unreachable'] as string));
    }
  }
}

/** Where the device was last, and how odd it looked there and why. */
function lastLooked({ location, riskScore, reasons }: StaffDevice): string {
  const why = reasons.map((code) => words.risk.codes[code] ?? code);
  return [location, words.staff.score(riskScore, why)].filter(Boolean).join(' · ');
}
