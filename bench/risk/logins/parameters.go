package logins

import "time"

// Where a figure is published, its source stands beside it; the rest is assumed, and says
// so. Where a choice was open, the one was taken that is harder on Symbolon: more honest
// logins without a key, more honest travel, attackers who are nearer.

// How long, and how often.
//
// Wiefling, Jørgensen, Thunem and Lo Iacono, "Pump Up Password Security!", ACM TOPS 2022,
// doi:10.1145/3546069, saw 31.3 million login attempts of 3.3 million users in a year, 9.5
// of each. Who logs in that seldom is half of our users; the other half logs in twice a
// week (assumed).
const (
	days         = 365
	warmUp       = 120   // days before anything is scored (assumed)
	seldomLogins = 9.5   // in a year
	oftenLogins  = 104.0 // in a year (assumed)
	oftenShare   = 0.5   // of the users (assumed)
)

// Travel. Eurostat: residents of the EU aged 15 and over made 1.3 billion trips with
// overnight stays in 2017, 27% of them abroad, of 5.1 nights on average
// (ec.europa.eu/eurostat, "Tourism statistics - characteristics of tourism trips"); there
// are about 430 million of them, so 3 trips for each.
const (
	tripsPerYear = 3.0
	tripAbroad   = 0.27
	tripNights   = 5.1
	roams        = 0.5 // share of a traveller's phone logins that roam, with an address of the carrier at home (assumed)
)

// Where an address seems to be. "Lost in the Prefix", arXiv:2605.21937, compares four
// databases with known places in 175 countries: the median error is 3 to 16 km on fixed
// networks and 179 to 207 km on mobile ones.
const (
	fixedError   = 10  // km, the median
	mobileError  = 190 // km, the median
	fixedRadius  = 20  // km, as the file tells it (assumed)
	mobileRadius = 200 // km, as the file tells it (assumed)
)

// Addresses. Padmanabhan et al., "Reasons Dynamic Addresses Change", IMC 2016,
// doi:10.1145/2987443.2987461: some providers give a home another address after every 24
// hours, others only after an outage. One of three providers here is of the first kind.
const (
	leaseDaily  = 24 * time.Hour
	leaseOther  = 60 * 24 * time.Hour // on average (assumed)
	mobilePool  = 300                 // addresses that the customers of one carrier share (assumed)
	officeShare = 0.55                // of the users log in from an office too (assumed)
	officeOwnAS = 0.4                 // of the offices have a network of their own (assumed)
	officeAway  = 0.1                 // of the offices reach the internet in another country (assumed)
)

// VPNs. In PCMag's survey of 3,000 US consumers (2018) 29% used one, most of them not for
// everything. That a third of those log in to one service through it, every third time, is
// assumed; so is where they come out, and what an operator's list knows.
const (
	vpnUsers     = 0.15
	vpnLogins    = 0.33
	vpnAtHome    = 0.6 // of exits are in the user's country
	listKnowsVPN = 0.7 // of the exits are on the list of anonymous networks
	listKnowsRes = 0.2 // of residential proxies are
)

// Devices. Americans keep a phone for 29 months (survey by Reviews.org, 2025); computers: 5
// years (assumed).
const (
	phoneLife    = 29 * 30 * 24 * time.Hour
	computerLife = 5 * 365 * 24 * time.Hour
	hasPhone     = 0.93 // that logs in here (assumed, as are the next four)
	hasComputer  = 0.85
	hasSecond    = 0.25 // computer
	hasTablet    = 0.12
	otherBrowser = 0.15 // of the computers have a second browser that logs in
	sameMaker    = 0.85 // of new devices are of the system and browser of the old (assumed)
	sharedKey    = 0.03 // of the browsers are used by two users (assumed)
)

// Keys that go. Microsoft could not follow 32% of its users by cookies, "as they were
// regularly deleted" (2012, cited by Vastel et al., below); regularly is taken as every
// two months (assumed), the others once in two years (assumed). Safari deletes what
// scripts stored after seven days of its use without a visit (WebKit, March 2020); that
// half of longer gaps end so, the rest being exempt or too little used, is assumed.
const (
	clearsOften  = 0.32
	clearEvery   = 60 * 24 * time.Hour
	clearSeldom  = 730 * 24 * time.Hour
	safariCap    = 7 * 24 * time.Hour
	safariForgot = 0.5
)

// Private windows. 46% of 5,700 Americans know them, and a good half of these use them at
// least once a week (DuckDuckGo, "A Study on Private Browsing", 2017). For what share of
// logins is assumed.
const (
	privateAlways = 0.015 // of the users log in in private windows only
	privateLogins = 0.02  // of the others' logins
	privateSeen   = 0.6   // of private windows are recognised by the SDK (assumed)
)

// What changes on a device that stays the same. Vastel et al., "FP-STALKER", IEEE S&P 2018
// (98,598 fingerprints of 1,905 browsers): fingerprints change every few hours to days.
// Chrome has a release every four weeks with refreshes weekly (chromium.org, release
// cycle), Firefox every four weeks since 2020 (Mozilla). The rest is assumed.
const (
	releaseEvery = 28 * 24 * time.Hour
	updatesLate  = 5 * 24 * time.Hour  // on average
	updatesSlow  = 45 * 24 * time.Hour // on average, of the slow
	slowShare    = 0.15                // of the browsers
	systemEvery  = 49 * 24 * time.Hour // between minor versions of macOS and iOS
	systemMajor  = 0.6                 // of the computers and phones get a major version in the year
	docks        = 0.3                 // of the computers have another screen at the office or at home
	twoGPUs      = 0.1                 // of the Windows computers use one of two graphics chips
	noisy        = 0.02                // of the browsers answer with noise
	hintsLate    = 0.03                // of the logins lack the hints that take time
	noSignals    = 0.01                // of the users collect nothing
	zoneStays    = 0.1                 // of the travellers' devices keep the time zone of home
	englishToo   = 0.2                 // of the browsers ask for English first
)

// Attackers. Wiefling et al. (2022) tell apart naive attackers, those with a VPN in the
// victim's country and targeted ones. That imitation is for sale shows Genesis Market, which
// sold stolen logins with a browser that mimics their victim's: 80 million credentials and
// fingerprints of over two million people (National Crime Agency, April 2023). All shares
// are assumed.
const (
	attackerNear    = 0.15 // of the attackers are in the victim's country
	attackerHosting = 0.5  // of the attackers' own networks are servers or VPNs
	attackerDriven  = 0.1  // of the attackers' browsers are driven by software that shows it
	headerOnly      = 0.5  // of copied user agents are copied in the header alone
	sessionImitates = 0.1  // of session thieves imitate every signal, from the victim's city
	sessionCopies   = 0.5  // of the others copy the user agent
	sessionCity     = 0.4  // of them have a proxy in the victim's city
	sessionCountry  = 0.3  // of them have one elsewhere in the country
	keyCity         = 0.5  // of key thieves have a proxy in the victim's city
	keySameBrowser  = 0.85 // of stolen profiles are opened by the browser and system that they come from
	zoneCopied      = 0.5  // of proxied attackers set the victim's time zone
	proxyMobile     = 0.25 // of residential proxies are phones
)
