import { type Device, type Requirement, checkRequirement, shortfall } from './device.js';
import { verifyProof } from './dpop.js';
import { Fault } from './fault.js';
import { Introspector } from './introspection.js';
import { Keys } from './keys.js';
import { Nonces } from './nonce.js';
import { type GuardOptions, checkOptions } from './options.js';
import { Ambiguous, type Problem, Refusal, Unavailable } from './refusal.js';
import { badProof, badToken, headersOf, problemOf, stepUp } from './refusal.js';
import { LocalReplayMemory, type ReplayMemory } from './replay.js';
import { type Credential, type RequestLike, credentialOf, targetOf } from './request.js';
import { readToken } from './token.js';

/** What becomes of a request. The headers belong on the answer in both cases. */
export type Verdict =
  | { ok: true; device: Device; headers: Record<string, string> }
  | { ok: false; status: number; headers: Record<string, string>; body: Problem };

/** One request on its way to a handler. */
interface Visit<Request> {
  request: Request;
  want: Requirement;
  now: number;
  /** It carries what could be a proof, or has to. */
  dpop: boolean;
  /** For the client's next proof, where it needs another. */
  nextNonce?: string | undefined;
}

/** Tells whether the requests of one app's backend come from a device of the signed-in user. */
export class Checker<Request extends RequestLike> {
  readonly #options: GuardOptions<Request>;
  readonly #clock: () => number;
  readonly #keys: Keys;
  readonly #nonces: Nonces;
  readonly #replays: ReplayMemory;
  readonly #introspector: Introspector | undefined;
  readonly #header: string;
  readonly #publicUrl: string;

  constructor(options: GuardOptions<Request>) {
    checkOptions(options);
    const { issuer, app, live, clock = Date.now, fetch: send = fetch } = options;
    const url = options.jwksUrl ?? `${issuer.replace(/\/+$/, '')}/.well-known/jwks.json`;
    this.#options = options;
    this.#clock = clock;
    this.#keys = new Keys({ url, send, clock });
    this.#nonces = new Nonces(options.nonceKey);
    this.#replays = options.replays ?? new LocalReplayMemory(undefined, clock);
    this.#introspector = live && new Introspector(live, app, send);
    this.#header = (options.header ?? 'Symbolon-Device-Token').toLowerCase();
    this.#publicUrl = options.publicUrl?.replace(/\/+$/, '') ?? '';
  }

  /** The requirement, with what the guard itself demands; throws where it breaks a rule. */
  wanted(requirement: Requirement): Requirement {
    checkRequirement(requirement);
    const proof = requirement.proof || this.#options.dpop === 'required';
    if (proof && this.#publicUrl === '') {
      throw new TypeError('requirement: proof needs the option publicUrl, which proofs are held against');
    }
    return { ...requirement, proof };
  }

  /** It never rejects. */
  async check(request: Request, want: Requirement): Promise<Verdict> {
    const visit: Visit<Request> = { request, want, now: this.#clock(), dpop: want.proof === true };
    try {
      const device = await this.#admit(visit);
      return { ok: true, device, headers: nonceHeader(visit) };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : this.#fault(error as Error);
      const headers = { ...headersOf(refusal, visit.dpop), ...nonceHeader(visit) };
      return { ok: false, status: refusal.status, headers, body: problemOf(refusal, this.#options.issuer) };
    }
  }

  /** Doubt admits nobody, and blames nobody. */
  #fault(fault: Error): Refusal {
    void this.report(fault);
    return new Unavailable('the device could not be checked now');
  }

  /** Tells the engineer. It never rejects, whatever `onFault` does. */
  async report(fault: Error): Promise<void> {
    const { onFault = console.error } = this.#options;
    try {
      await onFault(fault);
    } catch (broken) {
      console.error(broken, fault);
    }
  }

  /** Rejects with a Refusal, or with what kept it from deciding. */
  async #admit(visit: Visit<Request>): Promise<Device> {
    const { request, want, now } = visit;
    const user = await this.#options.user(request);
    if (!user) {
      throw new Refusal('nobody is signed in');
    }
    const credential = credentialOf(request, this.#header, this.#takesProofs(want));
    visit.dpop ||= credential.isBound || credential.proofs.length > 0;
    const token = tokenOf(credential, want);
    let device = await this.#read(token, user, now);
    device = { ...device, isProven: await this.#prove(visit, credential, token, device) };
    if (this.#introspector) {
      device = await this.#introspector.ask(token, device);
    }
    const missing = shortfall(device, want, now);
    if (missing !== undefined) {
      throw stepUp(missing, want);
    }
    return device;
  }

  #takesProofs({ proof }: Requirement): boolean {
    return proof === true || (this.#options.dpop ?? 'off') !== 'off';
  }

  async #read(token: string, user: string, now: number): Promise<Device> {
    const { issuer, app } = this.#options;
    const device = await readToken(token, { issuer, app, key: this.#keys.find, now });
    if (device.userId !== user) {
      throw badToken('it is not of the user who is signed in');
    }
    return device;
  }

  /** Holds the request to the proof that it carries, or has to, and uses that up. Tells whether there was one. */
  async #prove(visit: Visit<Request>, credential: Credential, token: string, device: Device): Promise<boolean> {
    const { request, want, now } = visit;
    const { proofs, isBound } = credential;
    if (proofs.length === 0 && !want.proof && !isBound) {
      return false;
    }
    visit.nextNonce = this.#nonces.at(now);
    const [proof] = proofs;
    if (proof === undefined) {
      throw new Refusal('a proof of possession is needed: the header DPoP (RFC 9449)');
    }
    // Check 1 of RFC 9449, section 4.3.
    if (proofs.length > 1) {
      throw badProof(`there must be one header DPoP; there are ${proofs.length}`);
    }
    const { method = 'GET' } = request;
    const url = this.#publicUrl + targetOf(request);
    const { nonce, id, until } = await verifyProof(proof, { method, url, token, thumbprint: device.thumbprint, now });
    // Check 10.
    if (nonce === undefined || !this.#nonces.isGood(nonce, now)) {
      throw new Refusal('the proof must have the nonce that is in the header DPoP-Nonce', 'use_dpop_nonce');
    }
    if (nonce === visit.nextNonce) {
      visit.nextNonce = undefined; // It is good for the next one too.
    }
    if (!(await this.#noted(id, until))) {
      throw badProof('it was used before');
    }
    return true;
  }

  async #noted(id: string, until: number): Promise<boolean> {
    try {
      return await this.#replays.remember(id, until);
    } catch (cause) {
      throw new Fault('the proof could not be noted as used', { cause });
    }
  }
}

function tokenOf({ tokens }: Credential, want: Requirement): string {
  const [token] = tokens;
  if (token === undefined) {
    throw stepUp('the request carries no device token', want);
  }
  if (tokens.length > 1) {
    throw new Ambiguous('the request carries more than one device token');
  }
  return token;
}

function nonceHeader({ nextNonce }: { nextNonce?: string | undefined }): Record<string, string> {
  return nextNonce === undefined ? {} : { 'DPoP-Nonce': nextNonce };
}
