// Every sentence that a person reads on the bank's pages; those of the demo around it stand below.

const money = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
const day = new Intl.DateTimeFormat('en-IE', { day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat('en-IE', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Cents as euros: "€4,218.37". */
export const euros = (cents: number): string => money.format(cents / 100);
/** "21 December 2026". */
export const date = (time: string): string => day.format(new Date(time));
/** "21 Nov, 19:50". */
export const when = (time: string): string => moment.format(new Date(time));

export const words = {
  bank: 'Halfpenny Bank',
  nav: { label: 'Bank', accounts: 'Accounts', transfer: 'Pay', devices: 'Devices', signOut: 'Sign out' },

  signIn: {
    title: 'Sign in',
    user: 'Name',
    password: 'Password',
    submit: 'Sign in',
    demo: 'Demo customers',
    fill: (name: string) => `Fill in ${name}`,
    logins: [
      { name: 'Alice', user: 'alice', password: 'open-sesame' },
      { name: 'Bob', user: 'bob', password: 'swordfish' },
    ],
  },

  code: {
    title: 'Enter your code',
    lead: 'This browser is not trusted yet, so the bank asks for the code on your phone.',
    ask: 'The bank asks for the code on your phone before it goes on.',
    label: 'Code from your phone',
    trust: 'Trust this browser for',
    durations: [
      ['P30D', '30 days'],
      ['P7D', '7 days'],
      ['P1D', '1 day'],
    ] as const,
    trustHint: 'Until then no code is asked for here. Only tick it on a browser of your own.',
    submit: 'Continue',
    cancel: 'Cancel',
  },

  phone: {
    title: (name: string) => `${name}'s phone`,
    app: 'Halfpenny code',
    next: (seconds: number) => `next in ${seconds} s`,
    wait: (seconds: number) => `Used. The next code comes in ${seconds} s.`,
    use: 'Type it for me',
    secret: 'Or add this key to your own authenticator:',
    pretend: 'A pretend phone: the code is real (RFC 6238), the phone is not.',
  },

  accounts: {
    title: (name: string) => `Good to see you, ${name.split(' ')[0]}`,
    bookings: 'Latest bookings',
    refresh: 'Refresh',
    trusted: (until: string) => `This browser is trusted until ${date(until)}: until then it is asked for no code.`,
    registered: (name: string) => `This browser is now one of your devices: ${name}.`,
    notRegistered: 'This browser is not one of your devices; you will be asked for a code each time.',
  },

  transfer: {
    title: 'Pay someone',
    payee: 'To',
    amount: 'Amount in euros',
    amountHint: 'Such as 12.50',
    amountWrong: 'Write an amount from 0.01 to 1,000,000 with at most two decimals, such as 12.50.',
    reference: 'Reference (optional)',
    review: 'Review',
    confirmTitle: 'Check and sign',
    confirmLead: 'Your browser signs these very lines. The bank pays what was signed and nothing else.',
    sign: 'Sign and pay',
    back: 'Back',
    tamper: 'Pretend that malware changes the amount on its way to the bank',
    done: (amount: string, name: string) => `Paid ${amount} to ${name}.`,
  },

  devices: {
    title: 'Your devices',
    lead: 'Browsers and phones that the bank knows as yours.',
    current: 'this browser',
    status: { active: 'known', pending: 'waits for approval', blocked: 'blocked', unbound: 'imported' } as Record<string, string>,
    trusted: (until: string | null) => (until === null ? 'trusted' : `trusted until ${date(until)}`),
    used: (time: string) => `last used ${when(time)}`,
    added: (time: string) => `added ${when(time)}`,
    distrust: 'End trust',
    remove: 'Remove',
    none: 'No device yet. Sign in with a code to add this browser.',
    distrusted: (name: string) => `${name} is no longer trusted: it is asked for a code at its next sign-in.`,
    removed: (name: string) => `${name} was removed.`,
  },

  staff: {
    title: 'Support desk',
    banner: 'Demo: a real support desk has a sign-in of its own.',
    user: 'Customer',
    search: 'Show devices',
    none: (user: string) => `${user} has no devices.`,
    reason: 'Reason',
    reasonDefault: 'Reported stolen',
    block: 'Block',
    unblock: 'Unblock',
    distrust: 'End trust',
    blockedFor: (reason: string, time: string) => `${reason}, ${when(time)}`,
    uses: (count: number) => (count === 1 ? '1 sign-in' : `${count} sign-ins`),
    done: { block: 'is blocked', unblock: 'is unblocked', distrust: 'is no longer trusted' } as Record<string, string>,
  },

  refusals: {
    wrong_password: 'That name and password do not belong together.',
    too_many_attempts: 'Too many wrong attempts. Wait a minute, then try again.',
    wrong_code: 'That code is not right.',
    used_code: 'That code was used before. Wait for the next one.',
    code_needed: 'The bank can not rely on this browser for that, so it asks for a code.',
    device_blocked: 'This browser is blocked. Please call the bank.',
    proof_refused: 'What this browser signed is not what the bank was asked to do. Nothing was done.',
    no_funds: 'The account does not hold that much.',
    no_payee: 'Choose one of your payees.',
    invalid_request: 'The bank does not take that. Check what you wrote.',
    not_found: 'There is no such device any more.',
    conflict: 'That can not be done with this device as it is now.',
    signed_out: 'You were signed out. Please sign in again.',
    unavailable: 'That can not be done just now. Try again in a moment.',
    unreachable: 'The bank does not answer. Try again in a moment.',
    device_limit_reached: 'You have as many devices as the bank allows. Remove one first.',
    given_up: 'Nothing was done.',
  } as Record<string, string>,
};

/** The demo's own words: the guide and the panel that tells what happens. */
export const tour = {
  title: 'Symbolon, in five steps',
  label: 'Guide',
  done: 'done',
  finished: 'That is the whole story. The bank never had to trust its own page: each answer came from a key that can not leave this browser.',
  steps: [
    { id: 'trust', title: 'Sign in', text: 'Sign in as Alice. Her phone shows the code; tick "Trust this browser".' },
    { id: 'again', title: 'No code', text: 'Sign out and in again: the browser shows its key, and no code is asked for.' },
    { id: 'pay', title: 'Pay', text: 'Pay someone. The browser signs what you see; try the malware box too.' },
    { id: 'other', title: 'Another browser', text: 'Sign in as Alice in another browser: the password alone is not enough there.' },
    { id: 'block', title: 'Block', text: "At the support desk, block Alice's first browser. Then press Refresh in it." },
  ],
  openOther: 'Open other browser',
  openStaff: 'Open support desk',
  restart: 'Restart',
  windows: { other: 'Another browser', staff: 'Support desk', close: 'Close', newTab: 'New tab', first: 'This browser' },

  activity: {
    title: 'What happens',
    lead: 'Each call, proof and decision, as it happens.',
    empty: 'Nothing yet. Sign in to begin.',
    clear: 'Clear',
    header: 'Header of the proof',
    claims: 'What it says',
    decision: 'The decision',
    by: { page: 'This browser', otherPage: 'The other browser', bank: "The bank's server", symbolon: 'Symbolon', staff: 'Support desk' },
    toOther: 'to the other browser',
  },

  calls: {
    'sign-in/password': 'sends name and password to the bank.',
    'sign-in/device': 'shows the bank what it has to show.',
    'sign-in/code': 'sends the code to the bank, with a fresh proof if it has one.',
    'sign-out': 'signs out.',
    accounts: 'asks the bank for the accounts.',
    transfers: 'sends the payment to the bank.',
    devices: 'asks the bank for the list of devices.',
  } as Record<string, string>,
  otherCall: 'asks the bank to change a device.',

  actions: { login: 'sign-in', view: 'request for the accounts', transfer: 'payment', devices: 'request for the devices' } as Record<string, string>,

  signed: (action: string) => `signs a fresh challenge for the ${action} with its key.`,
  noKey: 'has no key yet, so it has nothing to show.',
  cantKeepKey: 'can not keep a key here, so it has nothing to show.',
  noProof: 'could not get a challenge from Symbolon, and goes on without a proof.',
  registered: (device: string) => `is registered as a device: ${device}. The key was made here and can not leave.`,
  notRegistered: (reason: string) => `was not registered: ${reason}`,
  notRegisteredBlocked: 'Symbolon knows this key, and it is blocked.',
  refused: (reason: string) => `refuses. ${reason}`,

  decided: {
    DENY: (action: string) => `says DENY to the ${action}.`,
    CHALLENGE: (action: string) => `says CHALLENGE to the ${action}.`,
    ALLOW: (action: string) => `says ALLOW to the ${action}: this is the user's own device.`,
    TRUST: (action: string) => `says TRUST to the ${action}: this is the user's own device, and trusted.`,
  },
  skip: 'No second factor needed.',
  require: 'A second factor is needed.',
  why: {
    device_blocked: 'The device is blocked.',
    proof_invalid: 'The proof does not fit what was asked.',
    challenge_replayed: 'The proof was used before.',
    unknown_device: 'No device of this user has that key.',
    proof_missing: 'There was no proof.',
    trust_revoked: 'Trust was ended.',
    trust_expired: 'Trust has run out.',
    not_trusted: 'The user has not chosen to trust it.',
  } as Record<string, string>,
  undecided: (action: string) => `gives no decision on the ${action}. Doubt is never trust: the bank asks for a code.`,
  codeRight: 'takes the code.',
  codeWrong: 'does not take the code.',
  ticket: 'obtains a ticket from Symbolon, so that this browser may be registered.',
  ticketTrust: 'obtains a ticket from Symbolon, so that this browser may be registered and trusted.',
  trusted: (device: string, until: string) => `has ${device} trusted until ${date(until)}, on the code that was just given.`,
  trustedForEver: (device: string) => `has ${device} trusted.`,
  notTrusted: (device: string) => `could not have ${device} trusted.`,
  staff: {
    block: (device: string, user: string) => `blocks ${user}'s ${device}.`,
    unblock: (device: string, user: string) => `unblocks ${user}'s ${device}. Its trust is gone.`,
    distrust: (device: string, user: string) => `ends the trust in ${user}'s ${device}.`,
  } as Record<string, (device: string, user: string) => string>,
};
