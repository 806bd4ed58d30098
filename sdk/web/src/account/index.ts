import { SymbolonDevices } from './element.js';

export { SymbolonDevices } from './element.js';
export type { Source } from './source.js';
export type { Words } from './words.js';

declare global {
  interface HTMLElementTagNameMap {
    'symbolon-devices': SymbolonDevices;
  }
}

if (!customElements.get('symbolon-devices')) {
  customElements.define('symbolon-devices', SymbolonDevices);
}
