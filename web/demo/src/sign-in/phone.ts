import { type Phone as Screen, get } from '../api.js';
import { button, h } from '../dom.js';
import { words } from '../words.js';

/** The pretend phone: shows the customer's present code, as an authenticator app would. */
export class Phone {
  readonly #owner = h('figcaption');
  readonly #code = h('output', { class: 'phone-code' });
  readonly #rest = h('p', { class: 'phone-rest' });
  readonly #bar = h('progress', { max: 30, value: 0, attrs: { 'aria-hidden': 'true' } });
  readonly #secret = h('code');
  readonly #use: HTMLButtonElement;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #left = 0;
  #shown: Screen | undefined;

  readonly element: HTMLElement;

  constructor(into: HTMLInputElement) {
    this.#use = button(words.phone.use, () => {
      into.value = this.#shown?.code ?? '';
      into.focus();
    }, 'quiet');
    this.element = h(
      'figure',
      { class: 'phone' },
      this.#owner,
      h('div', { class: 'phone-screen' }, h('p', {}, words.phone.app), this.#code, this.#bar, this.#rest, this.#use),
      h('details', {}, h('summary', {}, words.phone.pretend), h('p', {}, words.phone.secret, ' ', this.#secret)),
    );
    this.refresh();
    this.#ticking = setInterval(() => this.#tick(), 1_000);
  }

  /** Looks again: the code that was shown may have been used. */
  refresh(): void {
    get<Screen>('phone').then(
      (screen) => {
        this.#shown = screen;
        this.#left = screen.nextIn;
        this.#draw();
      },
      () => this.stop(),
    );
  }

  stop(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  #tick(): void {
    if (!this.element.isConnected) {
      this.stop();
      return;
    }
    this.#left -= 1;
    if (this.#left <= 0) this.refresh();
    else this.#draw();
  }

  #draw(): void {
    const { name, code, step, secret } = this.#shown as Screen;
    this.#owner.textContent = words.phone.title(name.split(' ')[0] as string);
    this.#code.textContent = code === undefined ? '––– –––' : `${code.slice(0, 3)} ${code.slice(3)}`;
    this.#rest.textContent = code === undefined ? words.phone.wait(this.#left) : words.phone.next(this.#left);
    this.#bar.max = step;
    this.#bar.value = this.#left;
    this.#use.disabled = code === undefined;
    this.#secret.textContent = secret;
  }
}
