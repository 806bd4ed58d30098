import { type Note, tell } from './activity.js';

/** What the bank refuses, by its code; words.ts has a sentence for each. */
export class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

interface Answer<T> {
  answer?: T;
  problem?: { code: string };
  activity?: Note[];
}

export interface Settings {
  /** Where Symbolon answers. */
  symbolon: string;
  app: string;
  origin: string;
  otherOrigin?: string;
  /** Where the page may pretend to be, home first. */
  places: string[];
  /** Scores from which on a code is asked for, and from which on trust ends; 101 for never. */
  challengeAt: number;
  distrustAt: number;
}

export interface Progress {
  stage: 'none' | 'password' | 'open';
  next?: 'device' | 'code' | 'accounts';
  user?: string;
  name?: string;
  ticket?: string;
  trustedUntil?: string;
}

export interface Phone {
  name: string;
  code?: string;
  secret: string;
  nextIn: number;
  step: number;
  usedUp: boolean;
}

export interface Statement {
  accounts: { name: string; iban: string; balance: number }[];
  payees: Payee[];
  bookings: { at: string; text: string; amount: number }[];
}

export interface Payee {
  id: string;
  name: string;
  iban: string;
}

/** Asks the bank for something that needs no body. */
export function get<T>(path: string): Promise<T> {
  return exchange<T>(path, { method: 'GET' });
}

/** Asks the bank to do something. */
export function post<T>(path: string, body: object = {}): Promise<T> {
  tell('page', { kind: 'call', action: path });
  return exchange<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function exchange<T>(path: string, init: RequestInit): Promise<T> {
  const { answer, problem, activity } = await send<T>(path, init);
  activity?.forEach((note) => tell('bank', note));
  if (problem) {
    if (init.method === 'POST') tell('bank', { kind: 'refused', action: path, code: problem.code });
    throw new Refusal(problem.code);
  }
  return answer as T;
}

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(`/api/${path}`, init);
    return (await response.json()) as Answer<T>;
  } catch {
    return { problem: { code: 'unreachable' } };
  }
}
