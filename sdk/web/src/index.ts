export type { AssertionSource } from './assertion.js';
export type { Block, ClientDecision, Device, DeviceType, Recommendation, Trust } from './device.js';
export type { Devices, SignedIn, TrustOptions } from './devices.js';
export { type ErrorCode, type LocalCode, type ServerCode, SymbolonError } from './errors.js';
export type { NoKey } from './guard.js';
export type { RegisterOptions } from './register.js';
export type { Signals } from './signals.js';
export {
  type CurrentDevice,
  type Proof,
  type ProveOptions,
  type Symbolon,
  type SymbolonOptions,
  createSymbolon,
} from './symbolon.js';
