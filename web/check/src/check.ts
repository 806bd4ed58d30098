import { type CurrentDevice, type Device, SymbolonError, createSymbolon } from '@symbolon/web';
import { type Errand, readErrand } from './errand.js';
import { registration, replacement } from './registration.js';
import { forgetReturns, noteReturn } from './returns.js';
import { type Saying, because, button, element, show, words } from './view.js';

const errand = readErrand();

/** Beside the page, under the app's own origin: the proxy leads it there. */
const baseUrl = '/device-check';

if (errand.app === '') {
  show('bad', words.misled);
} else {
  void check(errand);
}

function symbolonOf({ app }: Errand) {
  // The answer sets a cookie, and the proxy may know the person by another.
  const send: typeof fetch = (url, request) => fetch(url, { ...request, credentials: 'same-origin' });
  return createSymbolon({ baseUrl, app, fetch: send });
}

async function check(errand: Errand): Promise<void> {
  const why = because(errand.reason);
  show('busy', why === undefined ? words.checking : { title: words.checking.title, text: [why, words.moment] });
  try {
    const { user } = errand;
    conclude(errand, await symbolonOf(errand).currentDevice(user === undefined ? {} : { user }));
  } catch (error) {
    explain(errand, error as SymbolonError);
  }
}

function conclude(errand: Errand, { recommendation, known, reason }: CurrentDevice): void {
  if (reason === 'no_secure_context') {
    show('bad', words.insecure);
  } else if (reason === 'no_storage') {
    show('bad', words.noStorage);
  } else if (recommendation === 'DENY') {
    show('bad', words.blocked);
  } else if (!known) {
    offer(errand);
  } else if (recommendation === 'CHALLENGE') {
    show('ask', words.risky, again(errand));
  } else if (errand.require === 'trusted' && recommendation !== 'TRUST') {
    show('ask', words.untrusted, again(errand));
  } else {
    goBack(errand);
  }
}

/** What can be done where the browser is not known. */
function offer(errand: Errand): void {
  if (errand.require === 'none') {
    goBack(errand);
  } else if (errand.mayRegister && errand.user !== undefined) {
    show('ask', forWhom(errand, words.register), registration((deviceName) => void register(errand, { deviceName })));
  } else {
    show('ask', forWhom(errand, words.unregistered), again(errand));
  }
}

/** Who comes to a browser that they know was let in wonders why it is not: it was let in for somebody else. */
function forWhom({ reason }: Errand, { title, text = [] }: Saying): Saying {
  const why = reason === 'user_mismatch' ? because(reason) : undefined;
  return { title, text: why === undefined ? text : [why, ...text] };
}

interface Wishes {
  deviceName: string;
  replace?: string[];
}

async function register(errand: Errand, { deviceName, replace }: Wishes): Promise<void> {
  show('busy', { title: words.register.working });
  try {
    // The proxy puts the person's own assertion in this one's place.
    const assertion = 'proxy';
    const { user = '' } = errand;
    const { status } = await symbolonOf(errand).register({
      assertion,
      user,
      ...(deviceName !== '' && { deviceName }),
      ...(replace && { replace }),
    });
    if (status === 'pending') {
      show('ask', words.pending, again(errand));
    } else {
      await check(errand);
    }
  } catch (error) {
    explain(errand, error as SymbolonError, deviceName);
  }
}

/** Says what went wrong, and what can be done about it. */
function explain(errand: Errand, error: SymbolonError, deviceName = ''): void {
  switch (error.code) {
    case 'no_secure_context':
      return show('bad', words.insecure);
    case 'no_storage':
      return show('bad', words.noStorage);
    case 'device_blocked':
      return show('bad', words.blocked);
    case 'device_limit_reached':
      return makeRoom(errand, error.choices ?? [], deviceName);
    case 'unauthenticated':
      return show('ask', words.signedOut, button(words.goOn, () => leave(errand)));
    case 'network':
    case 'unavailable':
    case 'rate_limited':
    case 'internal':
      return show('ask', words.unreachable, again(errand));
    default:
      return show('bad', words.refused, element('p', { className: 'said', textContent: error.message }), again(errand));
  }
}

function makeRoom(errand: Errand, choices: Device[], deviceName: string): void {
  const { title, text, full } = words.limit;
  if (choices.length === 0) {
    return show('ask', { title, text: [full] }, again(errand));
  }
  const replace = (deviceId: string) => void register(errand, { deviceName, replace: [deviceId] });
  show('ask', { title, text }, replacement(choices, replace));
}

function goBack(errand: Errand): void {
  if (noteReturn()) {
    show('good', words.returning);
    leave(errand);
  } else {
    const goOn = () => {
      forgetReturns();
      void check(errand);
    };
    const { title, text, cookies, support } = words.stuck;
    const why = because(errand.reason);
    show('ask', { title, text: [...text, ...(why === undefined ? [cookies] : [why, support])] }, button(words.goOn, goOn));
  }
}

/** This page stays out of the browser's history: "Back" leads to where the person was before. */
function leave({ back }: Errand): void {
  location.replace(back);
}

function again(errand: Errand): HTMLButtonElement {
  return button(words.tryAgain, () => void check(errand));
}
