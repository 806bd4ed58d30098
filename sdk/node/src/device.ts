/** What a request's device token says of the device, once all of it was verified. */
export interface Device {
  /** Whose device it is: the very user whom your own `user` named. */
  userId: string;
  deviceId: string;
  /** The user chose to skip the second factor on this device, and nothing speaks against it. */
  trusted: boolean;
  /** 0 to 100, as the decision that the token is of scored it. */
  risk: number;
  /** What that decision advised. */
  recommendation: 'TRUST' | 'ALLOW' | 'CHALLENGE';
  /** How the device showed itself (RFC 8176): `pop`, with `hwk` or `swk`. */
  methods: string[];
  /** RFC 7638 thumbprint of its key (`cnf.jkt`, RFC 9449, section 6.1). */
  thumbprint: string;
  decidedAt: Date;
  expiresAt: Date;
  /** This very request carries a proof by the device's key (RFC 9449). */
  isProven: boolean;
  /** The service was asked, and said that the device still stands as the token says. */
  isLive: boolean;
}

/** What a route demands of the device, beside that it is known and the signed-in user's. */
export interface Requirement {
  /** It must be trusted. */
  trusted?: boolean;
  /** The highest score that passes, 0 to 100. The policy's thresholds hold in any case. */
  maxRisk?: number;
  /** How many seconds ago the device may have shown itself to the service. */
  maxAge?: number;
  /** The request must carry a proof (RFC 9449), also where the guard's `dpop` does not demand it. */
  proof?: boolean;
}

/** Why a device does not meet a requirement, in words; undefined where it does. */
export function shortfall(device: Device, requirement: Requirement, now: number): string | undefined {
  const { trusted, maxRisk = 100, maxAge = Infinity } = requirement;
  if (device.recommendation === 'CHALLENGE') {
    return 'the device is known, but too much about it is odd now';
  }
  if (trusted && !device.trusted) {
    return 'the device must be trusted';
  }
  if (device.risk > maxRisk) {
    return `the device's risk must be at most ${maxRisk}; it is ${device.risk}`;
  }
  if (now - device.decidedAt.getTime() > maxAge * 1000) {
    return `the device must have shown itself within ${maxAge} seconds`;
  }
  return undefined;
}

/** Throws where a requirement breaks a rule, since one that is misspelt would protect nothing. */
export function checkRequirement(requirement: Requirement): Requirement {
  const { trusted, maxRisk, maxAge, proof, ...others } = requirement;
  const unknown = Object.keys(others)[0];
  const must = (holds: boolean, rule: string) => {
    if (!holds) {
      throw new TypeError(`requirement: ${rule}`);
    }
  };
  must(unknown === undefined, `${unknown} is not one of trusted, maxRisk, maxAge and proof`);
  must(trusted === undefined || typeof trusted === 'boolean', 'trusted must be true or false');
  must(proof === undefined || typeof proof === 'boolean', 'proof must be true or false');
  must(maxRisk === undefined || (maxRisk >= 0 && maxRisk <= 100), 'maxRisk must be from 0 to 100');
  must(maxAge === undefined || (Number.isInteger(maxAge) && maxAge > 0), 'maxAge must be whole seconds, at least 1');
  return requirement;
}
