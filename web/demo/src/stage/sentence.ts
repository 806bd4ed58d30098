import type { Entry, ShownDecision } from '../activity.js';
import { levelOf } from '../risk.js';
import { tour, words } from '../words.js';

export type Tone = 'good' | 'bad' | 'plain' | 'ask';

/** What an entry of the panel says, in words. */
export function sentence(entry: Entry): string {
  const action = tour.actions[entry.action ?? ''] ?? entry.action ?? '';
  const device = entry.device ?? '';
  switch (entry.kind) {
    case 'call':
      return tour.calls[entry.action ?? ''] ?? tour.otherCall;
    case 'signed':
      return tour.signed(action);
    case 'no_key':
      return entry.code === 'no_key' ? tour.noKey : tour.cantKeepKey;
    case 'no_proof':
      return tour.noProof;
    case 'registered':
      return tour.registered(device);
    case 'not_registered':
      return tour.notRegistered(entry.code === 'device_blocked' ? tour.notRegisteredBlocked : reason(entry.code));
    case 'refused':
      return tour.refused(reason(entry.code));
    case 'decided':
      return decided(entry.decision as ShownDecision, action);
    case 'undecided':
      return tour.undecided(action);
    case 'code':
      return entry.ok ? tour.codeRight : tour.codeWrong;
    case 'ticket':
      return entry.ok ? tour.ticketTrust : tour.ticket;
    case 'trusted':
      return entry.until ? tour.trusted(device, entry.until) : tour.trustedForEver(device);
    case 'not_trusted':
      return tour.notTrusted(device);
    case 'staff':
      return tour.staff[entry.action ?? '']?.(device, entry.user ?? '') ?? tour.otherCall;
    default:
      return entry.kind;
  }
}

function decided({ recommendation, secondFactor, risk, trustEnded }: ShownDecision, action: string): string {
  const odd = trustEnded ? [tour.trustEnded(risk.score)] : levelOf(risk.score) === 'low' ? [] : [tour.odd(risk.score)];
  const told = risk.reasons.filter(({ code }) => !(trustEnded && code === 'trust_revoked'));
  const why = [...odd, ...told.flatMap(({ code }) => tour.why[code] ?? [])];
  const factor = recommendation === 'DENY' ? [] : [secondFactor === 'skip' ? tour.skip : tour.require];
  return [tour.decided[recommendation](action), ...why, ...factor].join(' ');
}

function reason(code: string | undefined): string {
  return words.refusals[code ?? ''] ?? (words.refusals['unavailable'] as string);
}

/** The colour of an entry: what let someone in, kept someone out, or asked for more. */
export function toneOf({ kind, ok, code, decision }: Entry): Tone {
  if (code === 'code_needed') return 'ask';
  if (kind === 'refused' || kind === 'not_registered' || (kind === 'code' && !ok)) return 'bad';
  if (kind === 'undecided' || kind === 'no_proof') return 'ask';
  if (kind === 'trusted' || kind === 'registered') return 'good';
  if (decision?.recommendation === 'DENY') return 'bad';
  if (decision) return decision.secondFactor === 'skip' ? 'good' : 'ask';
  return 'plain';
}
