/** A finding of the service, with a sentence for people. */
export interface Reason {
  code: string;
  points: number;
  detail: string;
}

/** Where the request came from, as far as the service knows. */
export interface Place {
  location?: string;
  asn?: number;
  network?: string;
}

/** What the bank's backend tells of a decision; the service's own words. */
export interface ShownDecision {
  recommendation: 'DENY' | 'CHALLENGE' | 'ALLOW' | 'TRUST';
  secondFactor: 'skip' | 'require';
  proofResult: string;
  known: boolean;
  trusted: boolean;
  trustedUntil: string | null;
  /** By this very decision: it was too odd. */
  trustEnded?: boolean;
  risk: { score: number; level: string; reasons: Reason[] };
  rule: string | null;
  place?: Place;
}

/** One thing that happened. The bank's notes come with its answers, the others are the page's own. */
export interface Note {
  kind: string;
  action?: string;
  user?: string;
  device?: string;
  ok?: boolean;
  until?: string;
  decision?: ShownDecision;
  /** A refusal's code, or why there is no key. */
  code?: string;
  /** A proof's header and claims. */
  proof?: { header: unknown; claims: unknown };
}

/** A note with who says it, in which window, and when. */
export interface Entry extends Note {
  by: 'page' | 'bank';
  origin: string;
  at: number;
}

type Listener = (entry: Entry) => void;

const listeners = new Set<Listener>();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('halfpenny') : undefined;
channel?.addEventListener('message', ({ data }) => hear(data as Entry));

let home = location.origin;
let other: string | undefined;

/** Says where the bank's two origins are, so that notes cross from one to the other and from nowhere else. */
export function connect(origins: { origin: string; otherOrigin?: string }): void {
  home = origins.origin;
  other = origins.otherOrigin;
  window.addEventListener('message', ({ origin, data }) => {
    if (origin === other && typeof data?.kind === 'string') hear({ ...(data as Entry), origin });
  });
}

/** Tells everyone who listens: in this window, in others of this bank, and in the one that opened it. */
export function tell(by: Entry['by'], note: Note): void {
  const entry: Entry = { ...note, by, origin: location.origin, at: Date.now() };
  hear(entry);
  channel?.postMessage(entry);
  const opener = window.parent === window ? (window.opener as Window | null) : window.parent;
  if (location.origin !== home) opener?.postMessage(entry, home);
}

export function listen(listener: Listener): void {
  listeners.add(listener);
}

function hear(entry: Entry): void {
  listeners.forEach((listener) => listener(entry));
}
