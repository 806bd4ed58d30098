import { within } from './time.js';

/** Milliseconds that the browser has for its detailed client hints; collecting stays under 50 ms as a whole. */
const hintLimit = 30;

interface Brand {
  brand: string;
  version: string;
}

/** What the browser says of itself; never proof of anything, only a hint at the looks of a device. */
export interface Signals {
  clientHints?: ClientHints | undefined;
  screen: { width: number; height: number };
  colorDepth: number;
  /** An IANA name: "Europe/Berlin". */
  timeZone?: string | undefined;
  languages: string[];
  /** Logical processors. */
  cores?: number | undefined;
  plugins: string[];
  maxTouchPoints: number;
  automation: { webdriver: boolean };
}

/** User-Agent client hints (WICG UA-CH, section 4), where the browser has them. */
interface ClientHints {
  brands?: Brand[] | undefined;
  fullVersionList?: Brand[] | undefined;
  platform?: string | undefined;
  platformVersion?: string | undefined;
  architecture?: string | undefined;
  bitness?: string | undefined;
  model?: string | undefined;
  mobile?: boolean | undefined;
  wow64?: boolean | undefined;
}

interface UserAgentData extends ClientHints {
  getHighEntropyValues(names: string[]): Promise<ClientHints>;
}

const detailed = ['architecture', 'bitness', 'fullVersionList', 'model', 'platform', 'platformVersion', 'wow64'];

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
  const { hardwareConcurrency, languages, maxTouchPoints, plugins, webdriver } = navigator;
  return {
    clientHints: await clientHints(),
    screen: { width: pixels(screen.width), height: pixels(screen.height) },
    colorDepth: screen.colorDepth,
    timeZone: text(Intl.DateTimeFormat().resolvedOptions().timeZone),
    languages: texts(languages, 10),
    cores: hardwareConcurrency,
    plugins: texts(Array.from(plugins ?? [], (plugin) => plugin.name), 16),
    maxTouchPoints: maxTouchPoints ?? 0,
    automation: { webdriver: webdriver === true },
  };
}

async function clientHints(): Promise<ClientHints | undefined> {
  const { userAgentData } = navigator as Navigator & { userAgentData?: UserAgentData };
  if (userAgentData === undefined) {
    return undefined;
  }
  const hints = { ...(await details(userAgentData)) };
  return {
    brands: brands(userAgentData.brands),
    fullVersionList: brands(hints.fullVersionList),
    platform: text(userAgentData.platform),
    platformVersion: text(hints.platformVersion),
    architecture: text(hints.architecture),
    bitness: text(hints.bitness),
    model: text(hints.model),
    mobile: userAgentData.mobile,
    wow64: hints.wow64,
  };
}

async function details(data: UserAgentData): Promise<ClientHints | undefined> {
  try {
    return await within(hintLimit, data.getHighEntropyValues(detailed));
  } catch {
    return undefined;
  }
}

function brands(list: readonly Brand[] | undefined): Brand[] | undefined {
  return list?.slice(0, 8).map(({ brand, version }) => ({ brand: clip(brand), version: clip(version) }));
}

function texts(list: readonly string[] | undefined, most: number): string[] {
  return (list ?? []).slice(0, most).map(clip);
}

function text(value: string | undefined): string | undefined {
  return value ? clip(value) : undefined;
}

/** Whole characters of at most 64 bytes together, and no control characters: more is refused by the service. */
function clip(value: string): string {
  const bytes = new Uint8Array(64);
  const clean = String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
  const { written } = new TextEncoder().encodeInto(clean, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

/** Zoomed screens report fractions. */
function pixels(value: number): number {
  return Math.round(value);
}
