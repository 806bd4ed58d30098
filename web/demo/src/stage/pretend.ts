import type { Settings } from '../api.js';
import { button, h } from '../dom.js';
import { onPretence, pretence, pretend } from '../pretence.js';
import { tour } from '../words.js';

/** Buttons that make this browser's requests odd: from elsewhere, or by another operating system. */
export class PretendButtons {
  readonly #places: [string, HTMLButtonElement][];
  readonly #system = button(tour.pretend.system, () => this.#otherSystem(), 'chip');
  readonly #normal = button(tour.pretend.normal, () => pretend({}), 'quiet');

  constructor(
    root: HTMLElement,
    private readonly settings: Settings,
  ) {
    this.#places = settings.places.map((name) => [name, button(name, () => this.#go(name), 'chip')]);
    root.setAttribute('aria-label', tour.pretend.title);
    root.append(
      h('div', { class: 'row between' }, h('h2', {}, tour.pretend.title), this.#normal),
      h('p', { class: 'lead' }, tour.pretend.lead),
      h('div', { class: 'row', attrs: { role: 'group', 'aria-label': tour.pretend.place } }, ...this.#places.map(([, made]) => made)),
      h('div', { class: 'row' }, this.#system),
    );
    onPretence(() => this.#draw());
    this.#draw();
  }

  #go(name: string): void {
    const { place: _, ...rest } = pretence();
    pretend(name === this.settings.places[0] ? rest : { ...rest, place: name });
  }

  #otherSystem(): void {
    const { system, ...rest } = pretence();
    pretend(system ? rest : { ...rest, system: true });
  }

  #draw(): void {
    const { place = this.settings.places[0], system = false } = pretence();
    for (const [name, made] of this.#places) made.setAttribute('aria-pressed', String(name === place));
    this.#system.setAttribute('aria-pressed', String(system));
    this.#normal.disabled = place === this.settings.places[0] && !system;
  }
}
