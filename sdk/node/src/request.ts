import type { IncomingHttpHeaders } from 'node:http';
import type { Device } from './device.js';

/** A request as node:http, Express and Fastify have it. */
export interface RequestLike {
  method?: string | undefined;
  url?: string | undefined;
  /** Express and Fastify: the target as it came, whatever a router made of `url`. */
  originalUrl?: string | undefined;
  headers: IncomingHttpHeaders;
  rawHeaders?: string[] | undefined;
  /** Fastify: Node's own request. */
  raw?: { rawHeaders: string[] } | undefined;
  symbolon?: Device;
}

/** What a request carries to show its device. */
export interface Credential {
  tokens: string[];
  /** A token came as `Authorization: DPoP`, which is worth nothing without a proof. */
  isBound: boolean;
  proofs: string[];
}

/** Finds tokens and proofs. An empty header is none, as a proxy sends it that knows no device. */
export function credentialOf(request: RequestLike, header: string, takesProofs: boolean): Credential {
  const plain = valuesOf(request, header).filter((value) => value !== '');
  if (!takesProofs) {
    return { tokens: plain, isBound: false, proofs: [] };
  }
  const bound = valuesOf(request, 'authorization')
    .filter((value) => /^DPoP( |$)/i.test(value))
    .map((value) => value.slice('DPoP'.length).trim());
  return { tokens: [...plain, ...bound], isBound: bound.length > 0, proofs: valuesOf(request, 'dpop') };
}

/** The request's path and query as its sender wrote them, also in the absolute form (RFC 9112, section 3.2.2). */
export function targetOf({ originalUrl, url = '/' }: RequestLike): string {
  return (originalUrl ?? url).replace(/^https?:\/\/[^/?#]*/i, '');
}

/** Every value of a header. */
function valuesOf(request: RequestLike, name: string): string[] {
  return linesOf(request)
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value.trim());
}

/**
 * The header lines as they came, since Node's own `headers` joins some that came twice, and drops others. A request
 * that Node's parser did not make may have no lines: there `headers` tell, and what was joined is no token.
 */
function linesOf({ raw, rawHeaders = raw?.rawHeaders ?? [], headers }: RequestLike): [string, string][] {
  if (rawHeaders.length > 0) {
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    return names.map((name, index) => [name, rawHeaders[2 * index + 1] ?? '']);
  }
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw new TypeError("the request's headers must be an object of names and values, as those of node:http are");
  }
  return Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}
