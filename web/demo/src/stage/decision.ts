import { type Entry, type Reason, type ShownDecision, listen } from '../activity.js';
import type { Settings } from '../api.js';
import { h } from '../dom.js';
import { levelOf, meter, thresholdWords } from '../risk.js';
import { tour } from '../words.js';

const key = 'decision';
const clock = new Intl.DateTimeFormat('en-IE', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The last decision: how odd the request looked, why, and what came of it. */
export class DecisionPanel {
  readonly #content = h('div', { class: 'decision' });

  constructor(
    root: HTMLElement,
    private readonly settings: Settings,
  ) {
    root.setAttribute('aria-label', tour.decision.title);
    root.append(h('h2', {}, tour.decision.title), this.#content);
    const kept = sessionStorage.getItem(key);
    this.#show(kept === null ? undefined : (JSON.parse(kept) as Entry));
    listen((entry) => {
      if (entry.decision === undefined) return;
      sessionStorage.setItem(key, JSON.stringify(entry));
      this.#show(entry);
    });
  }

  clear(): void {
    sessionStorage.removeItem(key);
    this.#show(undefined);
  }

  #show(entry: Entry | undefined): void {
    if (entry?.decision === undefined) {
      this.#content.replaceChildren(h('p', { class: 'lead' }, tour.decision.empty));
      return;
    }
    this.#content.replaceChildren(...this.#told(entry, entry.decision));
  }

  #told(entry: Entry, decision: ShownDecision): HTMLElement[] {
    const { risk, trustEnded } = decision;
    const who = entry.origin === this.settings.origin ? tour.activity.by.page : tour.activity.by.otherPage;
    const about = tour.actions[entry.action ?? ''] ?? entry.action ?? '';
    const level = levelOf(risk.score);
    const told = [
      h('p', { class: 'said-by' }, tour.decision.about(who, about), h('time', {}, clock.format(entry.at))),
      h(
        'p',
        { class: 'score' },
        h('strong', {}, `${risk.score}`),
        h('span', {}, tour.decision.of),
        h('span', { class: `badge level-${level}` }, tour.decision.levels[level]),
        h('span', { class: 'verdict' }, decision.recommendation),
      ),
      meter(risk.score),
      h('p', { class: 'facts' }, thresholdWords()),
    ];
    if (trustEnded) told.push(h('p', { class: 'ended' }, tour.decision.ended(risk.score)));
    return [...told, reasons(risk.reasons), facts(decision)];
  }
}

function reasons(all: Reason[]): HTMLElement {
  const odd = all.filter(({ points }) => points > 0);
  if (odd.length === 0) return h('p', {}, tour.decision.nothing);
  const list = h(
    'ul',
    { class: 'reasons', attrs: { 'aria-label': tour.decision.reasons } },
    ...odd.map(({ code, points, detail }) =>
      h('li', {}, h('b', {}, tour.decision.points(points)), h('p', {}, detail, ' ', h('code', {}, code))),
    ),
  );
  return odd.length === 1 ? list : h('div', { class: 'decision' }, list, h('p', { class: 'facts' }, tour.decision.combined));
}

function facts({ place, rule }: ShownDecision): HTMLElement {
  const { location, network, asn } = place ?? {};
  const by = network === undefined ? undefined : tour.decision.network(network, asn);
  const where = [location, by].filter(Boolean).join(', ') || tour.decision.nowhere;
  return h(
    'dl',
    { class: 'facts' },
    h('dt', {}, tour.decision.place),
    h('dd', {}, where),
    h('dt', {}, tour.decision.rule),
    h('dd', {}, rule ?? tour.decision.noRule),
  );
}
