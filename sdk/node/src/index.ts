export type { Device, Requirement } from './device.js';
export type { LiveOptions } from './introspection.js';
export { type Guard, createGuard, deviceOf } from './frameworks.js';
export type { GuardOptions } from './options.js';
export type { Problem } from './refusal.js';
export { LocalReplayMemory, type ReplayMemory } from './replay.js';
export type { RequestLike } from './request.js';
export type { Verdict } from './guard.js';
