import { h } from './dom.js';
import { words } from './words.js';

export function brand(): HTMLElement {
  return h('p', { class: 'brand' }, h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }), words.bank);
}
