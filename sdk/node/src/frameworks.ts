import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Device, Requirement } from './device.js';
import { Checker, type Verdict } from './guard.js';
import type { GuardOptions } from './options.js';
import type { RequestLike } from './request.js';

/** As much of Fastify's reply as is needed. */
interface Reply {
  code(status: number): unknown;
  headers(all: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** Lets requests through whose device is what a route demands. What it gives never rejects. */
export interface Guard<Request extends RequestLike = RequestLike> {
  /** Tells what becomes of a request, for you to answer. It rejects only for a requirement that breaks a rule. */
  check(request: Request, requirement?: Requirement): Promise<Verdict>;
  /** A middleware of Express (or Connect). The device is then `req.symbolon`. */
  express(requirement?: Requirement): (request: Request, response: ServerResponse, next: () => void) => Promise<void>;
  /** A hook of Fastify, for `preHandler` of a route or `addHook`. The device is then `request.symbolon`. */
  fastify(requirement?: Requirement): (request: Request, reply: Reply) => Promise<unknown>;
  /**
   * A listener of node:http, which hands on to the handler. The device is then `request.symbolon`. What the handler
   * throws, also later, goes to `onFault`; the answer is then a 500, if none was begun.
   */
  node<Incoming extends Request & IncomingMessage, Response extends ServerResponse>(
    requirement: Requirement,
    handler: (request: Incoming, response: Response) => unknown,
  ): (request: Incoming, response: Response) => Promise<void>;
}

/** Sets up a guard for one app's backend. Nothing is asked of the service before the first token comes. */
export function createGuard<Request extends RequestLike = RequestLike>(options: GuardOptions<Request>): Guard<Request> {
  const checker = new Checker(options);

  async function admit(request: Request, response: ServerResponse, want: Requirement): Promise<boolean> {
    const verdict = await checker.check(request, want);
    if (response.headersSent) {
      return false; // Somebody else lost patience, and answered.
    }
    for (const [name, value] of Object.entries(verdict.headers)) {
      response.setHeader(name, value);
    }
    if (verdict.ok) {
      request.symbolon = verdict.device;
    } else {
      response.statusCode = verdict.status;
      response.end(JSON.stringify(verdict.body));
    }
    return verdict.ok;
  }

  return {
    check: async (request, requirement = {}) => checker.check(request, checker.wanted(requirement)),

    express(requirement = {}) {
      const want = checker.wanted(requirement);
      return async (request, response, next) => {
        if (await admit(request, response, want)) {
          next();
        }
      };
    },

    fastify(requirement = {}) {
      const want = checker.wanted(requirement);
      return async (request, reply) => {
        const verdict = await checker.check(request, want);
        reply.headers(verdict.headers);
        if (verdict.ok) {
          request.symbolon = verdict.device;
          return undefined;
        }
        reply.code(verdict.status);
        reply.send(JSON.stringify(verdict.body));
        return reply;
      };
    },

    node(requirement, handler) {
      const want = checker.wanted(requirement);
      return async (request, response) => {
        try {
          if (await admit(request, response, want)) {
            await handler(request, response);
          }
        } catch (error) {
          void checker.report(error as Error);
          breakOff(response);
        }
      };
    },
  };
}

/** What was set for an answer that never came. */
const ofTheBody = new Set([
  ...['content-disposition', 'content-encoding', 'content-language', 'content-length', 'content-location'],
  ...['content-range', 'etag', 'last-modified', 'transfer-encoding'],
]);

/** Says that the handler failed: by a 500, or where an answer was begun, by its breaking off. */
function breakOff(response: ServerResponse): void {
  if (response.headersSent) {
    if (!response.writableEnded) {
      response.destroy();
    }
    return;
  }
  for (const name of response.getHeaderNames().filter((name) => ofTheBody.has(name))) {
    response.removeHeader(name);
  }
  response.statusCode = 500;
  response.statusMessage = '';
  response.setHeader('Content-Type', 'text/plain');
  response.setHeader('Cache-Control', 'no-store');
  response.end('Internal Server Error\n');
}

/** The device of a request that a guard let through; throws where none did. */
export function deviceOf(request: object): Device {
  const { symbolon } = request as { symbolon?: Device };
  if (symbolon === undefined) {
    throw new TypeError('no guard let this request through: put one before this handler');
  }
  return symbolon;
}

declare global {
  namespace Express {
    interface Request {
      /** The device that the request comes from, once a guard let it through. */
      symbolon?: Device;
    }
  }
}
