// Every sentence that a person reads on the page, once for each language.
import { german } from './words.de.js';

const english = {
  title: 'Device check',
  tryAgain: 'Try again',
  goOn: 'Continue',

  checking: {
    title: 'Checking this device…',
    text: ['This app lets in only browsers that it knows. It takes a moment.'],
  },
  returning: {
    title: 'This browser is known',
    text: ['You are on your way back.'],
  },
  stuck: {
    title: 'The app asks again and again',
    text: ['This browser was checked and is known, but the app does not let it in.'],
    cookies: 'Most often cookies are turned off for this site: please allow them, then continue. Else the app asks for more than this browser can show now, and its support can tell for what.',
    support: 'If that stays so when you continue, please ask the support of the app.',
  },
  moment: 'It takes a moment.',
  /** Why the app sent the browser here, by the reason in the page's address. */
  because: {
    pass_expired: 'The last check of this browser does not count any more, or was too long ago for this page.',
    risk_too_high: 'When this browser was last checked or signed in, more was out of the ordinary than this page allows.',
    user_mismatch: 'The last check of this browser was for somebody else than the person who is signed in.',
    unknown_device: 'This browser is not registered any more as it was at its last check.',
    device_pending: 'This browser was still waiting for approval.',
    not_trusted: 'This page opens only on browsers that you chose to trust.',
    trust_expired: 'This page opens only on browsers that you trust, and your trust in this one has run out.',
    trust_idle: 'This page opens only on browsers that you trust, and this one was not used for so long that your trust in it has run out.',
    trust_revoked: 'This page opens only on browsers that you trust, and trust in this one was taken back.',
    trust_paused: 'This page opens only on browsers that you trust, and trust in this one is paused.',
  },

  register: {
    title: 'Register this browser',
    text: ['The app does not know this browser yet. Register it only if nobody else uses it.'],
    name: 'Name of this device',
    hint: 'As you would look for it in a list, such as “My work laptop”. You may leave it empty.',
    submit: 'Register this browser',
    working: 'Registering…',
  },
  limit: {
    title: 'You have too many devices',
    text: ['Choose one that is to make room. It is signed out for good.'],
    legend: 'Devices that can make room',
    lastUsed: (date: string) => `last used on ${date}`,
    neverUsed: 'not used yet',
    submit: 'Replace it with this browser',
    full: 'Remove one that you do not use any more, on a device that is registered, and try again.',
  },
  unregistered: {
    title: 'This browser is not registered',
    text: [
      'The app lets in only browsers that it knows, and this is not one of them.',
      'Sign in to the app as usual on a page that is open to you, or ask its support how a browser is registered.',
    ],
  },
  pending: {
    title: 'This browser waits for approval',
    text: ['It is registered. Somebody has to approve it before the app opens: on a device of yours that is trusted, or at support.'],
  },

  blocked: {
    title: 'This browser may not open the app',
    text: ['It was blocked, or too much about the request is unusual. If you think that is a mistake, please ask the support of the app.'],
  },
  untrusted: {
    title: 'This browser is not trusted',
    text: [
      'The app knows this browser, but opens only on those that you chose to trust.',
      'Trust it where you sign in or in the list of your devices, then try again.',
    ],
  },
  risky: {
    title: 'Something looks unusual',
    text: ['The app knows this browser, but something about the request is out of the ordinary. Please try again, or ask the support of the app.'],
  },

  insecure: {
    title: 'This connection is not secure',
    text: ['A key can be used only on a page that came over https. Please open the app by an address that begins with https://.'],
  },
  noStorage: {
    title: 'This browser can keep no key',
    text: ['It may be a private window, or data of sites may be turned off. Please use a normal window, or allow this site to store data.'],
  },
  signedOut: {
    title: 'Please sign in again',
    text: ['Your sign-in is over, so this browser was not registered. Continue to sign in to the app.'],
  },
  unreachable: {
    title: 'That could not be checked',
    text: ['The device check can’t be reached just now. Nothing is wrong with this browser.'],
  },
  misled: {
    title: 'This address is not complete',
    text: ['It does not say which app it is about. Please open the app itself.'],
  },
  refused: {
    title: 'The device check is not set up right',
    text: ['This needs somebody who runs the app. What the service said:'],
  },
};

export type Words = typeof english;

/** The words of the first of the person's languages that there are words for; its locale is how dates are written. */
export function chooseWords(languages: readonly string[]): { language: string; locale: string; words: Words } {
  for (const locale of languages) {
    const [language] = locale.toLowerCase().split('-');
    if (language === 'en') return { language, locale, words: english };
    if (language === 'de') return { language, locale, words: german };
  }
  return { language: 'en', locale: 'en', words: english };
}
