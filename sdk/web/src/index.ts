export type { AssertionSource } from './assertion.js';
export type { CurrentDevice } from './current.js';
export type { Block, ClientDecision, Device, DeviceEvent, DeviceType, Recommendation, Trust } from './device.js';
export type { Devices, History, HistoryOptions, SignedIn, TrustOptions } from './devices.js';
export { type ErrorCode, type LocalCode, type ServerCode, SymbolonError } from './errors.js';
export type { BoundFetch, FetchOptions } from './fetch.js';
export type { NoKey } from './guard.js';
export type { RegisterOptions } from './register.js';
export type { Signals } from './signals.js';
export {
  type Proof,
  type ProveOptions,
  type Symbolon,
  type SymbolonOptions,
  createSymbolon,
} from './symbolon.js';
