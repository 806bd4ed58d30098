import { type Entry, listen } from '../activity.js';
import type { Settings } from '../api.js';
import { button, h } from '../dom.js';
import { tour } from '../words.js';

type Step = (typeof tour.steps)[number]['id'];

interface Openers {
  other: (() => void) | undefined;
  staff: () => void;
  restart: () => void;
}

/** Leads through the story in six steps, each ticked off once it has happened. */
export class Guide {
  readonly #done: Set<string>;

  constructor(
    private readonly root: HTMLElement,
    private readonly settings: Settings,
    private readonly open: Openers,
  ) {
    this.#done = new Set(JSON.parse(sessionStorage.getItem('guide') ?? '[]') as string[]);
    root.hidden = false;
    listen((entry) => {
      const step = this.#stepOf(entry);
      if (step !== undefined && !this.#done.has(step)) {
        this.#done.add(step);
        this.#keep();
      }
    });
    this.#draw();
  }

  /** Which step of the story this is, if it is one. */
  #stepOf({ kind, action, ok, decision, origin }: Entry): Step | undefined {
    const here = origin === this.settings.origin;
    if (here && (kind === 'trusted' || (kind === 'ticket' && ok))) return 'trust';
    if (kind !== 'decided' || !decision) return undefined;
    if (decision.recommendation === 'DENY' && decision.proofResult === 'valid') return 'block';
    if (decision.trustEnded) return 'odd';
    if (action === 'login' && here && decision.secondFactor === 'skip') return 'again';
    if (action === 'login' && !here && decision.secondFactor === 'require') return 'other';
    if (action === 'transfer' && decision.secondFactor === 'skip') return 'pay';
    return undefined;
  }

  #keep(): void {
    sessionStorage.setItem('guide', JSON.stringify([...this.#done]));
    this.#draw();
  }

  #draw(): void {
    const next = tour.steps.find(({ id }) => !this.#done.has(id));
    const steps = tour.steps.map(({ id, title }, index) => {
      const done = this.#done.has(id);
      const state = done ? 'done' : id === next?.id ? 'now' : '';
      const made = h('li', { class: state }, h('span', { class: 'mark', attrs: { 'aria-hidden': 'true' } }, done ? '✓' : `${index + 1}`), h('span', { class: 'step-title' }, title));
      if (done) made.append(h('span', { class: 'unseen' }, `, ${tour.done}`));
      if (state === 'now') made.setAttribute('aria-current', 'step');
      return made;
    });
    this.root.replaceChildren(
      h('p', { class: 'guide-title' }, tour.title),
      h('ol', { attrs: { 'aria-label': tour.label } }, ...steps),
      h(
        'div',
        { class: 'guide-now' },
        h('p', { attrs: { 'aria-live': 'polite' } }, next?.text ?? tour.finished),
        h(
          'div',
          { class: 'row' },
          this.open.other && button(tour.openOther, this.open.other),
          button(tour.openStaff, this.open.staff),
          this.#done.size > 0 && button(tour.restart, () => this.#restart(), 'quiet'),
        ),
      ),
    );
  }

  #restart(): void {
    this.#done.clear();
    this.#keep();
    this.open.restart();
  }
}
