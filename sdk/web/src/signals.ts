import { type Automation, automation } from './automation.js';
import { text, texts } from './clip.js';
import { type ClientHints, clientHints, hintDetails } from './hints.js';
import { privateMode, storagePersisted } from './privacy.js';
import { within } from './time.js';
import { type Graphics, graphics } from './webgl.js';

/** Milliseconds that the browser has to answer, and those that are left at least; collecting stays under 50 ms as a whole. */
const answerLimit = 25;
const answerLeast = 5;

/** What the browser says of itself; never proof of anything, only a hint at the looks of a device. */
export interface Signals {
  clientHints?: ClientHints | undefined;
  screen: { width: number; height: number };
  colorDepth: number;
  /** Device pixels to a CSS pixel, zoom included. */
  pixelRatio?: number | undefined;
  /** An IANA name: "Europe/Berlin". */
  timeZone?: string | undefined;
  languages: string[];
  /** Logical processors. */
  cores?: number | undefined;
  /** Gigabytes, rounded by the browser. */
  deviceMemory?: number | undefined;
  webgl?: Graphics | undefined;
  plugins: string[];
  maxTouchPoints: number;
  automation?: Automation | undefined;
  /** Whether the window is a private one; absent where that does not show. */
  privateMode?: boolean | undefined;
  /** Whether the browser keeps the site's storage when space is short. */
  storagePersisted?: boolean | undefined;
}

/** Collects the signals without asking the person for anything; what this browser can't tell is left out. */
export async function collectSignals(): Promise<Signals | undefined> {
  try {
    return await collect();
  } catch {
    // They only refine a decision: a worker without a screen, or a hardened browser, goes on without.
    return undefined;
  }
}

async function collect(): Promise<Signals> {
  const start = performance.now();
  const asked = [orAbsent(hintDetails()), orAbsent(privateMode()), orAbsent(storagePersisted())] as const;
  // The slow look at the graphics goes on while the browser finds its answers.
  const webgl = attempted(graphics);
  const { hardwareConcurrency, languages, maxTouchPoints, plugins } = navigator;
  const { deviceMemory } = navigator as { deviceMemory?: number };
  const left = Math.max(answerLeast, start + answerLimit - performance.now());
  const [details, isPrivate, isPersisted] = await answers(left, asked);
  return {
    clientHints: clientHints(details),
    screen: { width: Math.round(screen.width), height: Math.round(screen.height) }, // zoomed, they are fractions
    colorDepth: screen.colorDepth,
    pixelRatio: hundredths(devicePixelRatio),
    timeZone: text(Intl.DateTimeFormat().resolvedOptions().timeZone),
    languages: texts(languages, 10),
    cores: hardwareConcurrency,
    deviceMemory,
    webgl,
    plugins: texts(Array.from(plugins ?? [], (plugin) => plugin.name), 16),
    maxTouchPoints: maxTouchPoints ?? 0,
    automation: attempted(automation),
    privateMode: isPrivate,
    storagePersisted: isPersisted,
  };
}

/** An answer, or undefined where the browser refuses it. */
function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(() => undefined);
}

/** What the browser answers in time; the rest is undefined. */
function answers<T extends readonly Promise<unknown>[]>(milliseconds: number, asked: T) {
  const each = asked.map((answer) => orAbsent(within(milliseconds, answer)));
  return Promise.all(each) as Promise<{ [K in keyof T]: Awaited<T[K]> | undefined }>;
}

/** What can be had without waiting; a browser that refuses it is asked for the rest. */
function attempted<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function hundredths(value: number | undefined): number | undefined {
  return value && Math.round(value * 100) / 100;
}
