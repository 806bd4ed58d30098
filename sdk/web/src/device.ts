import type { components } from './api.js';

type Schemas = components['schemas'];

/** A device as its user sees it: without the key. Times are RFC 3339 in UTC; what is absent is unknown. */
export type Device = Omit<Schemas['Device'], 'publicKey'>;

export type DeviceType = Device['deviceType'];

/** The user's choice to skip the second factor on a device. */
export type Trust = Schemas['Trust'];

/** What happened to a device: `type` says what, and `actor.kind` who did it. */
export type DeviceEvent = Schemas['Event'];

/** Why a device is refused. */
export type Block = Schemas['Block'];

/** What the service tells a client of itself. */
export type ClientDecision = Schemas['ClientDecision'];

/** What the service advises; `CHALLENGE` asks for a second factor. */
export type Recommendation = ClientDecision['recommendation'];
