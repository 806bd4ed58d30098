import type { Device } from '../device.js';
import type { SymbolonError } from '../errors.js';
import { type Doings, type Look, card } from './card.js';
import { confirmed } from './confirm.js';
import { button, h } from './dom.js';
import { type Past, history } from './history.js';
import { type Action, type Source } from './source.js';
import { style } from './style.js';
import { type Words, directionOf, fill, wordsIn } from './words.js';

/** What was done or refused last, with the way back where there is one. */
interface Told {
  word: keyof Words;
  name?: string | undefined;
  refused?: boolean;
  undo?: (() => Promise<unknown>) | undefined;
}

type State = { is: 'empty' } | { is: 'loading' } | { is: 'failed'; word: keyof Words } | { is: 'shown'; devices: Device[] };

const sheet = () => {
  const made = new CSSStyleSheet();
  made.replaceSync(style);
  return made;
};

/**
 * `<symbolon-devices>`: the devices of the signed-in user, and what they can do with them. It shows them once its
 * property `symbolon` has the SDK's object, and again after `refresh()`.
 *
 * It speaks the language of its `lang`, of the nearest element that has one, or of the browser; `strings` replaces
 * single words. It fires `symbolon-change` ({action, deviceId}) after each change, `symbolon-signed-out` where this
 * device was signed out, and `symbolon-factor-needed` ({action, retry}) where a second factor is wanted first: a page
 * that can ask for one calls preventDefault(), asks, and then retry().
 */
export class SymbolonDevices extends HTMLElement {
  static readonly observedAttributes = ['lang'];
  readonly #root = this.attachShadow({ mode: 'open' });
  #source: Source | undefined;
  #strings: Partial<Words> = {};
  #state: State = { is: 'empty' };
  #told: Told | undefined;
  #renaming: string | undefined;
  #past: Past = { open: false, events: [], next: undefined, names: new Map() };
  #busy = false;
  #asked = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet()];
  }

  /** The SDK's object, from createSymbolon with an `assertion`. */
  set symbolon(symbolon: { devices: Source } | undefined) {
    this.#source = symbolon?.devices;
    void this.refresh();
  }

  /** Words that stand in place of the element's own. */
  get strings(): Partial<Words> {
    return this.#strings;
  }

  set strings(strings: Partial<Words>) {
    this.#strings = strings;
    this.#draw();
  }

  connectedCallback(): void {
    this.#draw();
  }

  attributeChangedCallback(): void {
    this.#draw();
  }

  /** Looks the devices up again. */
  async refresh(): Promise<void> {
    const source = this.#source;
    const asked = ++this.#asked;
    if (!source) {
      this.#show({ is: 'empty' });
      return;
    }
    if (this.#state.is !== 'shown') {
      this.#show({ is: 'loading' });
    }
    let state: State;
    try {
      state = { is: 'shown', devices: await source.list() };
    } catch (error) {
      state = { is: 'failed', word: refusal(error, 'failed') };
    }
    if (asked === this.#asked) { // else a later one answers
      this.#show(state);
    }
  }

  #look(): Look {
    const language = this.lang || this.closest<HTMLElement>('[lang]')?.lang || navigator.language;
    return { language, words: wordsIn(language, this.#strings) };
  }

  #show(state: State): void {
    this.#state = state;
    if (state.is === 'shown') {
      for (const { deviceId, deviceName } of state.devices) {
        this.#past.names.set(deviceId, deviceName);
      }
    }
    this.#draw();
  }

  /** Draws everything anew; the focus stays where it was, or goes to the heading where that is gone. */
  #draw(): void {
    if (!this.isConnected) {
      return;
    }
    const focused = this.#root.activeElement;
    const key = focused?.getAttribute('data-key');
    const look = this.#look();
    const root = h('section', { dir: directionOf(look.language), lang: look.language, 'aria-labelledby': 'title', 'aria-busy': this.#busy && 'true' });
    root.append(this.#head(look), this.#status(), ...this.#content(look));
    const open = this.#root.querySelector('dialog');
    this.#root.replaceChildren(root, ...(open ? [open] : []));
    if (focused && !open) {
      const again = [...this.#root.querySelectorAll<HTMLElement>('[data-key]')].find((element) => element.dataset['key'] === key);
      (again ?? this.#root.querySelector<HTMLElement>('#title'))?.focus();
    }
  }

  #head({ words }: Look): HTMLElement {
    const { devices } = this.#state.is === 'shown' ? this.#state : { devices: [] };
    const others = devices.some(({ isCurrent, status }) => !isCurrent && status !== 'blocked') && devices.some(({ isCurrent }) => isCurrent);
    return h(
      'div', { class: 'head', part: 'head' },
      h('h2', { id: 'title', part: 'title', tabindex: '-1' }, words.title),
      others ? button('signOutOthers', words.signOutOthers, () => void this.#start('signOutOthers')) : undefined,
    );
  }

  #status(): HTMLElement {
    const told = this.#told;
    const line = h('div', { class: told?.refused ? 'told refused' : 'told', part: 'status', role: 'status' });
    if (told) {
      const { words } = this.#look();
      const { word, name = '', undo } = told;
      line.append(h('span', {}, fill(words[word], { name })));
      if (undo) {
        line.append(button('undo', words.undo, () => void this.#do(undo, { word: 'didUndo' })));
      }
    }
    return line;
  }

  #content(look: Look): HTMLElement[] {
    const { words } = look;
    switch (this.#state.is) {
      case 'empty':
        return [];
      case 'loading':
        return [h('p', {}, words.loading)];
      case 'failed':
        return [h('p', { role: 'alert' }, words[this.#state.word]), button('retry', words.retry, () => void this.refresh())];
    }
    const { devices } = this.#state;
    const cards = h('ul', { class: 'cards', part: 'cards', role: 'list' }, ...[...devices].sort(thisFirst).map((device) => card(device, look, this.#doings)));
    const past = history(this.#past, look, (open) => void this.#openPast(open), () => void this.#readPast());
    return [devices.length > 0 ? cards : h('p', {}, words.empty), past];
  }

  get #doings(): Doings {
    return {
      renaming: this.#renaming,
      start: (action, device) => void this.#start(action, device),
      rename: (device, name) => void this.#rename(device, name),
      stopRenaming: () => this.#renameOf(undefined),
    };
  }

  #renameOf(device: Device | undefined): void {
    const before = this.#renaming;
    this.#renaming = device?.deviceId;
    this.#draw();
    const key = device ? `name ${device.deviceId}` : `rename ${before}`;
    const next = [...this.#root.querySelectorAll<HTMLElement>('[data-key]')].find((element) => element.dataset['key'] === key);
    next?.focus();
    if (next instanceof HTMLInputElement) {
      next.select();
    }
  }

  async #rename(device: Device, name: string): Promise<void> {
    const { deviceId, deviceName } = device;
    this.#renaming = undefined;
    const undo = () => this.#source!.rename(deviceId, deviceName);
    await this.#do(() => this.#source!.rename(deviceId, name), { word: 'didRename', name, undo }, { action: 'rename', deviceId });
  }

  async #start(action: Action, device?: Device): Promise<void> {
    const source = this.#source!;
    const { deviceId = '', deviceName: name = '', isCurrent: ends = false } = device ?? {};
    const change = { action, deviceId };
    switch (action) {
      case 'rename':
        return this.#renameOf(device);
      case 'trust':
        return this.#do(() => source.trust(deviceId), { word: 'didTrust' }, change);
      case 'distrust':
        return this.#do(() => source.distrust(deviceId), { word: 'didDistrust', name, undo: ends ? () => source.trust(deviceId) : undefined }, change);
      case 'remove':
        return this.#ask({ title: 'removeAsk', why: 'removeWhy', yes: 'remove', name }, () =>
          this.#do(() => source.remove(deviceId), { word: 'didRemove', name }, { ...change, ends }));
      case 'lost':
        return this.#ask({ title: 'lostAsk', why: 'lostWhy', yes: 'block', name, dangerous: true }, () =>
          this.#do(() => source.reportLost(deviceId), { word: 'didBlock', name }, change));
      case 'signOutOthers':
        return this.#ask({ title: 'signOutOthersAsk', why: 'signOutOthersWhy', yes: 'signOutOthers', name }, () =>
          this.#do(() => source.signOutOthers(), { word: 'didSignOutOthers' }, change));
    }
  }

  async #ask({ title, why, yes, name, dangerous = false }: Question, act: () => Promise<void>): Promise<void> {
    const { words } = this.#look();
    if (await confirmed(this.#root, { title: fill(words[title], { name }), why: words[why], yes: words[yes], no: words.cancel, dangerous })) {
      await act();
    }
  }

  /** Makes a change and says what came of it. */
  async #do(act: () => Promise<unknown>, done: Told, change: Change = {}): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    const { action, deviceId, ends } = change;
    try {
      await act();
    } catch (error) {
      this.#busy = false;
      this.#refuse(error, action, () => this.#do(act, done, change));
      return this.refresh();
    }
    this.#busy = false;
    this.#told = done;
    if (action) {
      this.#fire('symbolon-change', { action, deviceId });
    }
    if (ends) {
      this.#fire('symbolon-signed-out');
    }
    this.#past = { ...this.#past, events: [], next: undefined };
    await this.refresh();
    if (this.#past.open) {
      await this.#readPast();
    }
  }

  /** Says why not, unless the page takes it on to ask for a second factor. */
  #refuse(error: unknown, action: Action | undefined, retry: () => Promise<void>): void {
    this.#told = undefined;
    const wantsFactor = (error as Partial<SymbolonError>).code === 'forbidden';
    if (!wantsFactor || this.#fire('symbolon-factor-needed', { action, retry })) {
      this.#told = { word: refusal(error, 'refused'), refused: true };
    }
  }

  /** Whether nobody called preventDefault(). */
  #fire(type: string, detail?: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  async #openPast(open: boolean): Promise<void> {
    this.#past = { ...this.#past, open };
    if (open && this.#past.events.length === 0) {
      await this.#readPast();
    }
  }

  async #readPast(): Promise<void> {
    const { next } = this.#past;
    try {
      const { items, nextCursor } = await this.#source!.history(next ? { cursor: next } : {});
      this.#past = { ...this.#past, events: [...this.#past.events, ...items], next: nextCursor };
    } catch (error) {
      this.#told = { word: refusal(error, 'failed'), refused: true };
    }
    this.#draw();
  }
}

interface Change {
  action?: Action | undefined;
  deviceId?: string | undefined;
  /** It ends what the person is doing here. */
  ends?: boolean | undefined;
}

interface Question {
  title: keyof Words;
  why: keyof Words;
  yes: keyof Words;
  name: string;
  dangerous?: boolean;
}

function refusal(error: unknown, otherwise: keyof Words): keyof Words {
  switch ((error as Partial<SymbolonError>).code) {
    case 'forbidden':
      return 'factorNeeded';
    case 'device_blocked':
      return 'thisBlocked';
    case 'unauthenticated':
      return 'signedOut';
    case 'network':
    case 'unavailable':
      return 'unreachable';
    default:
      return otherwise;
  }
}

/** This device stands first, then those that were used last. */
function thisFirst(a: Device, b: Device): number {
  const seen = ({ lastUsedAt, createdAt }: Device) => Date.parse(lastUsedAt ?? createdAt);
  return Number(b.isCurrent ?? false) - Number(a.isCurrent ?? false) || seen(b) - seen(a);
}
