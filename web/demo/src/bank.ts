import { showAccounts } from './accounts/accounts.js';
import { type Progress, Refusal, post } from './api.js';
import { brand } from './brand.js';
import type { ThisBrowser } from './device.js';
import { showDevices } from './devices/devices.js';
import { Message, button, h } from './dom.js';
import { askForCode } from './sign-in/ask.js';
import { showPassword } from './sign-in/password.js';
import { showTransfer } from './transfer/transfer.js';
import { words } from './words.js';

export type Screen = 'accounts' | 'transfer' | 'devices';

const screens: Record<Screen, (bank: Bank) => Promise<HTMLElement>> = {
  accounts: showAccounts,
  transfer: showTransfer,
  devices: showDevices,
};

/** The bank's page: who is signed in, and the screen that is shown. */
export class Bank {
  user = '';
  name = '';
  /** Says above each screen what came of the last thing done. */
  readonly #message = new Message();

  constructor(
    private readonly root: HTMLElement,
    readonly browser: ThisBrowser,
  ) {}

  /** Goes on where the session stands: at the accounts, or at the beginning. */
  async open(progress: Progress): Promise<void> {
    if (progress.stage !== 'open') {
      this.signedOut();
      return;
    }
    this.user = progress.user ?? '';
    this.name = progress.name ?? '';
    await this.show('accounts');
    if (progress.trustedUntil) this.say(words.accounts.trusted(progress.trustedUntil), 'good');
  }

  /** Shows the sign-in, with a sentence that says why, if there is one. */
  signedOut(why?: string): void {
    this.user = '';
    this.#screen = undefined;
    this.place(showPassword(this, why));
  }

  /** Puts content on the page, and the focus at its heading so that a screen reader begins there. */
  place(...content: HTMLElement[]): void {
    this.root.replaceChildren(...content);
    const heading = this.root.querySelector<HTMLElement>('h1');
    if (heading && document.activeElement === document.body && this.#moved) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    this.#moved = true;
  }
  #moved = false;

  say(text: string, tone: 'bad' | 'good' = 'bad'): void {
    this.#message.show(text, tone);
  }

  async show(screen: Screen): Promise<void> {
    try {
      const content = await screens[screen](this);
      this.#screen = screen;
      this.#message.clear();
      this.place(this.#header(screen), this.#message.element, content);
    } catch (error) {
      this.say(this.leave(error));
    }
  }

  /** Shows the present screen anew, where somebody is signed in. */
  async refresh(): Promise<void> {
    if (this.user !== '' && this.#screen !== undefined) await this.show(this.#screen);
  }
  #screen: Screen | undefined;

  /** Does something that the bank protects: proves this browser for it, and adds a code where the bank asks for one. */
  async act<T>(path: string, action: string, body: object = {}, payload?: string): Promise<T> {
    let code: { code?: string } = {};
    for (;;) {
      const evidence = await this.browser.evidence(this.user, action, payload);
      try {
        return await post<T>(path, { ...body, ...evidence, ...code });
      } catch (error) {
        if (!(error instanceof Refusal) || !asksForCode.has(error.code)) throw error;
        const given = await askForCode(words.refusals[error.code]);
        if (given === undefined) throw new Refusal('given_up');
        code = { code: given };
      }
    }
  }

  /** What ends the session leads back to the sign-in; the sentence for anything else is given back. */
  leave(error: unknown): string {
    const code = error instanceof Refusal ? error.code : 'unreachable';
    const sentence = words.refusals[code] ?? words.refusals['unreachable'] as string;
    if (endings.has(code) || this.root.querySelector('.bar') === null) this.signedOut(sentence);
    return sentence;
  }

  #header(current: Screen): HTMLElement {
    const link = (screen: Screen) => {
      const made = button(words.nav[screen], () => void this.show(screen));
      if (screen === current) made.setAttribute('aria-current', 'page');
      return made;
    };
    const signOut = button(words.nav.signOut, () => void this.#signOut(), 'quiet');
    return h(
      'div',
      { class: 'bar' },
      brand(),
      h('nav', { attrs: { 'aria-label': words.nav.label } }, link('accounts'), link('transfer'), link('devices')),
      h('div', { class: 'who' }, h('span', {}, this.name), signOut),
    );
  }

  async #signOut(): Promise<void> {
    await post('sign-out').catch(() => undefined);
    this.signedOut();
  }
}

const asksForCode = new Set(['code_needed', 'wrong_code', 'used_code']);
const endings = new Set(['device_blocked', 'signed_out']);
