import type { Device } from './device.js';

/** What the SDK finds by itself. */
export type LocalCode =
  | 'invalid_request'
  | 'user_needed'
  | 'no_key'
  | 'no_secure_context'
  | 'no_storage'
  | 'network'
  | 'unexpected_response';

/** What the service answers with (`code` of its RFC 9457 problem). A newer service may know more. */
export type ServerCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'device_blocked'
  | 'device_unknown'
  | 'not_found'
  | 'conflict'
  | 'device_limit_reached'
  | 'too_large'
  | 'algorithm_not_allowed'
  | 'proof_invalid'
  | 'challenge_expired'
  | 'challenge_replayed'
  | 'rate_limited'
  | 'internal'
  | 'unavailable';

export type ErrorCode = LocalCode | ServerCode | (string & {});

/** What came with an error, where the service or something before it answered. */
interface Answer {
  status?: number;
  field?: string | undefined;
  retryAfter?: number | undefined;
  choices?: Device[] | undefined;
}

/** The one error that the SDK's functions reject with: something was refused or could not be decided. */
export class SymbolonError extends Error {
  override readonly name = 'SymbolonError';
  readonly code: ErrorCode;
  /** The HTTP status, where the service or something before it answered. */
  readonly status: number | undefined;
  /** What is at fault in the request, where the service named it. */
  readonly field: string | undefined;
  /** Seconds to wait before asking again, where the service named them. */
  readonly retryAfter: number | undefined;
  /** With `device_limit_reached`: the devices that can make room, the longest unused first, where the user may choose. */
  readonly choices: Device[] | undefined;

  constructor(code: ErrorCode, message: string, { status, field, retryAfter, choices }: Answer = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.field = field;
    this.retryAfter = retryAfter;
    this.choices = choices;
  }
}
