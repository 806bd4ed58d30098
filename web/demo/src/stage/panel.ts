import { type Entry, listen } from '../activity.js';
import type { Settings } from '../api.js';
import { button, h } from '../dom.js';
import { tour } from '../words.js';
import { type Tone, sentence, toneOf } from './sentence.js';

const most = 100;
const clock = new Intl.DateTimeFormat('en-IE', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The panel that tells each call, proof and decision in words, the newest first. */
export class ActivityPanel {
  readonly #list = h('ol', { attrs: { 'aria-label': tour.activity.title, tabindex: '0' } });
  readonly #empty = h('p', { class: 'lead' }, tour.activity.empty);
  #entries: Entry[];

  constructor(
    root: HTMLElement,
    private readonly settings: Settings,
  ) {
    this.#entries = JSON.parse(sessionStorage.getItem('activity') ?? '[]') as Entry[];
    root.hidden = false;
    root.setAttribute('aria-label', tour.activity.title);
    root.append(
      h(
        'div',
        { class: 'row between' },
        h('h2', {}, tour.activity.title),
        button(tour.activity.clear, () => this.clear(), 'quiet'),
      ),
      h('p', { class: 'lead' }, tour.activity.lead),
      this.#empty,
      this.#list,
    );
    this.#entries.forEach((entry) => this.#show(entry));
    listen((entry) => {
      this.#entries = [...this.#entries, entry].slice(-most);
      this.#keep();
      this.#show(entry);
    });
  }

  clear(): void {
    this.#entries = [];
    this.#keep();
    this.#list.replaceChildren();
    this.#empty.hidden = false;
  }

  #keep(): void {
    sessionStorage.setItem('activity', JSON.stringify(this.#entries));
  }

  #show(entry: Entry): void {
    this.#empty.hidden = true;
    this.#list.prepend(this.#line(entry, toneOf(entry)));
    while (this.#list.childElementCount > most) this.#list.lastElementChild?.remove();
  }

  #line(entry: Entry, tone: Tone): HTMLElement {
    const { proof, decision, by } = entry;
    const toOther = by === 'bank' && this.#isOther(entry) && h('span', { class: 'badge' }, tour.activity.toOther);
    return h(
      'li',
      { class: `tone-${tone}` },
      h('p', { class: 'said-by' }, h('b', {}, this.#who(entry)), toOther, h('time', {}, clock.format(entry.at))),
      h('p', {}, sentence(entry)),
      proof && details(tour.activity.header, proof.header),
      proof && details(tour.activity.claims, proof.claims),
      decision && details(tour.activity.decision, decision),
    );
  }

  #isOther({ origin }: Entry): boolean {
    return origin !== this.settings.origin;
  }

  /** Whose doing it is: the sentence goes on from this name. */
  #who(entry: Entry): string {
    const { by } = tour.activity;
    if (entry.kind === 'staff' || entry.action?.startsWith('staff/')) return by.staff;
    if (entry.kind === 'decided' || entry.kind === 'undecided') return by.symbolon;
    if (entry.by === 'bank') return by.bank;
    return this.#isOther(entry) ? by.otherPage : by.page;
  }
}

function details(title: string, value: unknown): HTMLElement {
  return h('details', {}, h('summary', {}, title), h('pre', { attrs: { tabindex: '0' } }, JSON.stringify(value, null, 2)));
}
