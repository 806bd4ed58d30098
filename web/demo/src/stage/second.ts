import { button, h } from '../dom.js';
import { tour } from '../words.js';

type Kind = 'other' | 'staff';

/** The window beside the bank: the bank as another browser has it, or the support desk. */
export class SecondWindow {
  readonly #frames = new Map<Kind, HTMLIFrameElement>();

  constructor(
    private readonly root: HTMLElement,
    private readonly otherOrigin: string | undefined,
  ) {
    root.setAttribute('aria-label', tour.windows.other);
  }

  open(kind: Kind): void {
    const title = tour.windows[kind];
    const address = kind === 'staff' ? '/staff' : `${this.otherOrigin}/`;
    const frame = this.#frames.get(kind) ?? h('iframe', { src: address, title });
    this.#frames.set(kind, frame);
    this.root.setAttribute('aria-label', title);
    this.root.hidden = false;
    document.body.classList.add('two-windows');
    this.root.replaceChildren(
      h(
        'div',
        { class: 'title-bar' },
        this.#tab('other', kind),
        this.#tab('staff', kind),
        h('a', { href: address, target: '_blank', rel: 'opener' }, tour.windows.newTab),
        button(tour.windows.close, () => this.close(), 'quiet'),
      ),
      ...this.#all(kind),
    );
    this.root.scrollIntoView({ block: 'nearest' });
  }

  close(): void {
    this.root.hidden = true;
    document.body.classList.remove('two-windows');
  }

  #tab(kind: Kind, current: Kind): HTMLElement | undefined {
    if (kind === 'other' && this.otherOrigin === undefined) return undefined;
    const made = button(tour.windows[kind], () => this.open(kind), 'tab');
    made.setAttribute('aria-pressed', String(kind === current));
    return made;
  }

  /** All frames that were opened stay, so that each goes on where it was left. */
  #all(current: Kind): HTMLElement[] {
    for (const [kind, frame] of this.#frames) frame.hidden = kind !== current;
    return [...this.#frames.values()];
  }
}
