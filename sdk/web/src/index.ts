export type { ClientDecision, Device, Recommendation, Trust } from './device.js';
export { type ErrorCode, type LocalCode, type ServerCode, SymbolonError } from './errors.js';
export type { NoKey } from './key.js';
export type { Signals } from './signals.js';
export {
  type CurrentDevice,
  type Proof,
  type ProveOptions,
  type RegisterOptions,
  type Symbolon,
  type SymbolonOptions,
  createSymbolon,
} from './symbolon.js';
