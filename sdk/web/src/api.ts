// Written by types.mjs from spec/openapi.yaml: npm run types.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Actor: {
            /** @description The id of the credential, the admin or the user */
            id?: string;
            /** @enum {string} */
            kind: "client" | "user" | "backend" | "admin" | "system";
        };
        Block: {
            /** Format: date-time */
            at: string;
            by: string;
            /** @description The revocation that blocked it, if one did */
            cause?: string;
            /** @description The incident that blocked it, if one did and nothing else has since: undoing that lifts it */
            incident?: string;
            reason?: string;
            /**
             * Format: date-time
             * @description When it ends by itself; absent for never
             */
            until?: string;
        };
        /**
         * @example {
         *       "known": false,
         *       "recommendation": "CHALLENGE"
         *     }
         */
        ClientDecision: {
            /** @description A JWT for offline verifiers, of a known device */
            deviceToken?: string;
            /** @description The device is the user's, active, and showed its key in this request */
            known: boolean;
            /** @enum {string} */
            recommendation: "DENY" | "CHALLENGE" | "ALLOW" | "TRUST";
            /**
             * Format: date-time
             * @description When a known device should replace its key, where the policy sets an age
             */
            rotateAfter?: string;
        };
        Device: {
            appId: string;
            block?: components["schemas"]["Block"];
            browser?: string;
            /** Format: date-time */
            createdAt: string;
            deviceId: string;
            /** @description Never empty: made from what the device is, until a person renames it */
            deviceName: string;
            /** @enum {string} */
            deviceType: "desktop" | "laptop" | "mobile" | "tablet" | "browser" | "api_client" | "smart_tv" | "wearable";
            /** @description Joins devices on one installation or piece of hardware */
            endpointId?: string;
            /** @description Of the last valid proof */
            ipAddress?: string;
            /** @description In self-service: whether this device asks */
            isCurrent?: boolean;
            /** @description Locates the key; never changes, also when the key is rotated */
            keyId?: string;
            /** @enum {string} */
            keyStorage?: "software" | "browser" | "hardware" | "attested";
            /**
             * Format: date-time
             * @description The last valid proof
             */
            lastUsedAt?: string;
            /**
             * Format: date-time
             * @description The last decision that said TRUST
             */
            lastVerifiedAt?: string;
            /** @description Of the last valid proof */
            location?: string;
            /** @description An object of the app's own */
            metadata?: {
                [key: string]: unknown;
            } | null;
            operatingSystem?: string;
            /** @enum {string} */
            platform: "web" | "android" | "ios" | "other";
            /** @description JWK (RFC 7517) of the public half; backends and admins only */
            publicKey?: {
                [key: string]: unknown;
            } | null;
            /** @description An object that says how to push to it */
            pushConfig?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Of the last decision
             */
            riskScore: number;
            /**
             * Format: date-time
             * @description To the device that asks: when it should replace its key, where the policy sets an age
             */
            rotateAfter?: string;
            /**
             * Format: date-time
             * @description When the browser last bound a session to a key of its own (DBSC)
             */
            sessionBoundAt?: string;
            /** @enum {string} */
            status: "active" | "pending" | "blocked" | "unbound";
            trust?: components["schemas"]["Trust"];
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: int64
             * @description Valid proofs for the action login
             */
            usageCount: number;
            userAgent?: string;
            userId: string;
        };
        Event: {
            actor: components["schemas"]["Actor"];
            appId: string;
            /** Format: date-time */
            at: string;
            /** @description What changed, by the event's type */
            data?: {
                [key: string]: unknown;
            } | null;
            deviceId?: string;
            /** @description Its personal part is gone */
            erased?: boolean;
            /** Format: int64 */
            eventId: number;
            /** @description Cut after the policy's retention */
            ipAddress?: string;
            /**
             * Format: int64
             * @description Its place in the app's sealed order; absent until it is sealed
             */
            seq?: number;
            type: string;
            userId?: string;
        };
        EventPage: {
            items: components["schemas"]["Event"][];
            /** @description Where the next page begins; in sealed order always given, to poll with */
            nextCursor?: string;
        };
        Trust: {
            /** @description Whether it counts now, under the present policy */
            active: boolean;
            /**
             * Format: date-time
             * @description When it stops counting by itself, by its own end, disuse or the present policy; absent for never, and where it does not count
             */
            endsAt?: string;
            /** @description The second factor that was passed when it was granted */
            factor?: string;
            /**
             * Format: date-time
             * @description The latest grant
             */
            grantedAt: string;
            /**
             * @description Ends trust when this long passes without a TRUST decision
             * @example P30D
             */
            idleTimeout?: string;
            /** Format: date-time */
            revokedAt?: string;
            revokedBy?: string;
            revokedReason?: string;
            /**
             * Format: date-time
             * @description The first grant
             */
            trustedAt: string;
            /**
             * Format: date-time
             * @description null for permanent
             */
            trustedUntil: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
