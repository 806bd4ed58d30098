import { ar } from './text/ar.js';
import { de } from './text/de.js';
import { en } from './text/en.js';
import { es } from './text/es.js';
import { ja } from './text/ja.js';

/** Every word of the list. Names in braces are filled in. */
export type Words = { [name in keyof typeof en]: string };

const languages: Record<string, Words> = { ar, de, en, es, ja };
const rightToLeft = ['ar', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** The words in a language (BCP 47), English where there are none, with those that the page replaces. */
export function wordsIn(language: string, replaced: Partial<Words>): Words {
  return { ...(languages[primary(language)] ?? en), ...replaced };
}

export function directionOf(language: string): 'rtl' | 'ltr' {
  return rightToLeft.includes(primary(language)) ? 'rtl' : 'ltr';
}

/** Fills names in: `fill('Renamed to {name}.', { name })`. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function primary(language: string): string {
  return language.toLowerCase().split('-', 1)[0] ?? '';
}
