import { userAgentData } from './hints.js';

/** What shows that software drives the browser, and not a person. */
export interface Automation {
  /** It says so itself (W3C WebDriver, section 4). */
  webdriver: boolean;
  /** It has no window. */
  headless: boolean;
  /** Traces of drivers and of attempts to hide one, by name. */
  marks: string[];
}

/** What drivers leave on the window or the document. No browser that a person uses has any of these. */
const traces: Record<string, string[]> = {
  selenium: ['__selenium_unwrapped', '__webdriver_evaluate', '__webdriver_script_fn', '__driver_evaluate', '__fxdriver_unwrapped'],
  playwright: ['__playwright__binding__', '__pwInitScripts'],
  puppeteer: ['__puppeteer_evaluation_script__'],
  phantomjs: ['callPhantom', '_phantom'],
  nightmare: ['__nightmare'],
};

/** ChromeDriver names its own by a fixed beginning and a random rest. */
const chromeDriver = /^\$?[a-z]dc_[A-Za-z0-9]{22}_/;

export function automation(): Automation {
  return { webdriver: navigator.webdriver === true, headless: isHeadless(), marks: marks() };
}

function isHeadless(): boolean {
  const names = userAgentData()?.brands?.map(({ brand }) => brand) ?? [];
  return [navigator.userAgent, ...names].some((name) => name.includes('Headless'));
}

function marks(): string[] {
  const found = Object.keys(traces).filter((driver) => traces[driver]?.some((name) => name in window || name in document));
  if ([...Object.getOwnPropertyNames(window), ...Object.keys(document)].some((name) => chromeDriver.test(name))) {
    found.push('chromedriver');
  }
  if (document.documentElement.hasAttribute('webdriver')) {
    found.push('webdriver_attribute');
  }
  if (isDisguised()) {
    found.push('webdriver_disguised');
  }
  return found;
}

/** Whoever makes `navigator.webdriver` say no puts something of their own in the browser's place. */
function isDisguised(): boolean {
  const getter = Object.getOwnPropertyDescriptor(Navigator.prototype, 'webdriver')?.get;
  const isNative = getter === undefined || /\[native code\]/.test(Function.prototype.toString.call(getter));
  return !isNative || Object.hasOwn(navigator, 'webdriver');
}
