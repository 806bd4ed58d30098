type Child = Node | string | undefined | false;
type Props<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], 'style'>> & {
  class?: string;
  /** Attributes that have no property of their own, such as aria-label. */
  attrs?: Record<string, string>;
};

/** Makes an element. Text goes in as text: nothing here reads HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, attrs, ...props }: Props<K> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attrs ?? {})) element.setAttribute(name, value);
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** A labelled field. The label's text names it also to those who do not see it. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  return h('label', { class: 'field' }, h('span', {}, label), control, hint !== undefined && h('small', {}, hint));
}

export function button(text: string, onclick: () => void, className = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: className, onclick }, text);
}

/** A place for what went wrong or well; a screen reader says it as it appears. */
export class Message {
  readonly element = h('p', { class: 'message', hidden: true, attrs: { role: 'status' } });

  show(text: string, tone: 'bad' | 'good' | 'plain' = 'bad'): void {
    this.element.textContent = text;
    this.element.dataset['tone'] = tone;
    this.element.hidden = false;
  }

  clear(): void {
    this.element.hidden = true;
  }
}

/** A form that runs one thing at a time; its buttons rest meanwhile. */
export function form(run: () => Promise<void>, className: string, ...children: Child[]): HTMLFormElement {
  const made = h('form', { class: className }, ...children);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    void busy(made, run);
  });
  return made;
}

/** Runs something while the buttons within rest. */
export async function busy(within: HTMLElement, run: () => Promise<void>): Promise<void> {
  const buttons = [...within.querySelectorAll('button')].filter((each) => !each.disabled);
  buttons.forEach((each) => (each.disabled = true));
  try {
    await run();
  } finally {
    buttons.forEach((each) => (each.disabled = false));
  }
}
