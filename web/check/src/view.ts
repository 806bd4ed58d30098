import { type Words, chooseWords } from './words.js';

const { language, locale, words: chosen } = chooseWords(navigator.languages);

export const words: Words = chosen;

const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });

/** "21 December 2026", in the person's language. */
export const date = (time: string): string => day.format(new Date(time));

export interface Saying {
  title: string;
  text?: readonly string[];
}

/** Why the app sent the browser here, as a sentence; undefined where there is none for the reason. */
export function because(reason: string): string | undefined {
  const sentences: Record<string, string> = words.because;
  return Object.hasOwn(sentences, reason) ? sentences[reason] : undefined;
}

type Tone = 'busy' | 'good' | 'ask' | 'bad';

document.documentElement.lang = language;
document.title = words.title;

/** Shows one state of the page, in place of the one before. */
export function show(tone: Tone, { title, text = [] }: Saying, ...more: Node[]): void {
  const heading = element('h1', { textContent: title, tabIndex: -1 });
  const lines = text.map((line) => element('p', { textContent: line }));
  const card = element('div', { className: `card ${tone}` }, heading, ...lines, ...more);
  document.querySelector('main')?.replaceChildren(card);
  if (tone !== 'busy') {
    heading.focus();
  }
}

/** Makes an element. Text goes in as text: nothing here reads HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Omit<HTMLElementTagNameMap[K], 'style'>> = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(text: string, onclick: () => void, isMain = true): HTMLButtonElement {
  return element('button', { type: 'button', textContent: text, className: isMain ? 'main' : '', onclick });
}

/** A form that is sent once; its button rests from then on. */
export function form(submit: string, run: () => void, ...fields: Node[]): HTMLFormElement {
  const press = element('button', { type: 'submit', textContent: submit, className: 'main' });
  const made = element('form', {}, ...fields, press);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    press.disabled = true;
    run();
  });
  return made;
}
