/** A device as its user sees it. Times are RFC 3339 in UTC. */
export interface Device {
  deviceId: string;
  appId: string;
  userId: string;
  keyId: string;
  keyStorage: 'software' | 'browser' | 'hardware' | 'attested';
  status: 'active' | 'pending' | 'blocked' | 'unbound';
  /** Never empty: "Chrome on macOS" until a person renames it. */
  deviceName: string;
  deviceType: string;
  platform: 'web' | 'android' | 'ios' | 'other';
  operatingSystem?: string | null;
  browser?: string | null;
  lastUsedAt?: string | null;
  lastVerifiedAt?: string | null;
  /** Null where the user never chose to trust it. */
  trust?: Trust | null;
  createdAt: string;
  updatedAt: string;
}

/** The user's choice to skip the second factor on a device. */
export interface Trust {
  trustedAt: string;
  /** Null means without an end. */
  trustedUntil: string | null;
  revokedAt?: string | null;
  revokedReason?: string | null;
}

/** What the service advises; `CHALLENGE` asks for a second factor. */
export type Recommendation = 'DENY' | 'CHALLENGE' | 'ALLOW' | 'TRUST';

/** What the service tells a client of itself. */
export interface ClientDecision {
  recommendation: Recommendation;
  known: boolean;
  /** A short-lived JWT that an app's backend can verify offline; only for a known device. */
  deviceToken?: string;
}
