package risk

import "strings"

// Client is what a device looks like. All text is valid UTF-8 without control
// characters, and at most 200 bytes long but for UserAgent.
type Client struct {
	// Name is what to call the device until a person names it: "Chrome on
	// macOS", "Safari on iPhone", "MyApp on iPhone 15", "Unknown device".
	// Never empty.
	Name string

	// DeviceType is desktop, mobile, tablet, browser, api_client, smart_tv or
	// wearable. Browsers don't tell laptops from desktops, so both are
	// desktop. A browser on a system that is not known is browser; a client
	// that says nothing of itself is api_client.
	DeviceType string

	// Platform is web for whatever runs in a browser or web view, else
	// android, ios or other.
	Platform string

	OperatingSystem string // "macOS 14.2"; no version where it is frozen; or empty
	Browser         string // "Chrome 121.0.6167.184"; empty for apps and programs
	Automated       bool   // says that software drives it: a bot, headless, WebDriver

	System    string // the family: "macOS"
	Agent     string // the browser's family, or else the name of the app or program
	Language  string // preferred, BCP 47, or empty
	UserAgent string // as it came, but cut to 1024 bytes and without control characters

	alone connected
}

// connected is what the connection alone shows, before signals refine it.
type connected struct {
	kind    string
	system  string
	browser browser
	hinted  bool // the browser's own header names this system
}

// ParseClient works out what a client looks like. What the connection shows
// counts; signals only refine it: they add versions and models, and may turn
// a Mac into the iPad that it is, but never a phone into a computer, whose
// limits may differ. Any input gives a Client.
func ParseClient(conn Connection, s Signals) Client {
	ua := clean(conn.UserAgent, maxUserAgent)
	seen := readAgent(ua)
	hints := conn.Hints.parse()
	seen.adopt(hints)
	alone := connected{seen.kind, seen.system.family, seen.browser, seen.hinted(hints)}
	seen.refine(s, len(hints.Brands) > 0)
	if seen.kind == "" {
		seen.kind = apiClient
	}

	c := Client{
		Name:            seen.name(),
		DeviceType:      seen.kind,
		Platform:        seen.platform(),
		OperatingSystem: seen.system.String(),
		Browser:         seen.browser.String(),
		Automated:       seen.automated || s.Automation.WebDriver || s.Automation.Headless,
		System:          seen.system.family,
		Agent:           seen.browser.family,
		Language:        firstLanguage(conn.AcceptLanguage),
		UserAgent:       ua,
		alone:           alone,
	}
	if c.Agent == "" {
		c.Agent = seen.app
	}
	if c.Language == "" {
		c.Language = firstLanguage(s.language())
	}
	return c
}

// adopt lets the connection's client hints correct the User-Agent string,
// which scripts and settings can change where the hints stay honest.
func (s *sighting) adopt(h ClientHints) {
	if s.kind == apiClient {
		return
	}
	if family := hintedFamilies[h.Platform]; family != "" && family != s.system.family {
		s.moveTo(family)
	}
	if h.Mobile && (s.kind == desktop || s.kind == tablet) {
		s.kind = mobile
	}
	s.browser.adopt(h)
	s.automated = s.automated || headless(h.Brands)
	s.sharpen(h)
}

// moveTo takes another system than the User-Agent string names, unless that
// would make a computer of a device that the string knows to be none.
func (s *sighting) moveTo(family string) {
	kind := hintedKind(family)
	switch s.kind {
	case "", anyWeb, desktop:
	case mobile, tablet:
		if kind == desktop {
			return
		}
	default:
		return
	}
	s.system, s.kind, s.web, s.hardware = system{family: family}, kind, true, ""
}

// hintedKind is the device type where only the system is known: an Android
// device that does not say that it is mobile is a tablet.
func hintedKind(family string) string { return agentKind("", family, true) }

// sharpen takes the version and model that a frozen User-Agent string lacks.
func (s *sighting) sharpen(h ClientHints) {
	if hintedFamilies[h.Platform] != s.system.family {
		return
	}
	if v := hintedVersion(s.system.family, h.PlatformVersion); v != "" {
		s.system.version = v
	}
	if model := clean(h.Model, maxName); model != "" && s.system.family == android {
		s.hardware = model
	}
	s.browser.refine(h)
}

// refine lets signals fill in what the connection left open. Signals whose
// platform contradicts the connection are not believed.
func (s *sighting) refine(signals Signals, branded bool) {
	h := signals.ClientHints
	if s.system.family == "" {
		s.assume(signals)
	}
	if family := hintedFamilies[h.Platform]; family != "" && family == s.system.family {
		if !branded && s.web {
			s.browser.adopt(h)
		}
		s.sharpen(h)
	}
	if s.system.family == macOS && s.web && signals.MaxTouchPoints > 1 {
		// No Mac has a touch screen: it is an iPad that asks for desktop sites.
		s.kind, s.system, s.hardware = tablet, system{family: iPadOS}, "iPad"
	}
	if !s.web {
		s.refineApp(signals)
	}
}

// assume takes the system from signals where the connection names none. A
// phone is believed to be one; a computer stays what the connection showed,
// for a phone could say so too.
func (s *sighting) assume(signals Signals) {
	if s.kind != "" && s.kind != anyWeb && s.kind != apiClient || s.automated {
		return
	}
	h := signals.ClientHints
	family := nativeFamilies[strings.ToLower(signals.OSName)]
	if family != "" {
		s.kind = appKind(family)
	} else if family = hintedFamilies[h.Platform]; family != "" && s.kind != apiClient {
		s.browser.adopt(h)
		s.kind, s.web = anyWeb, true
		if kind := hintedKind(family); kind != desktop {
			s.kind = kind
		}
		if h.Mobile {
			s.kind = mobile
		}
	}
	s.system = system{family: family}
}

func appKind(family string) string {
	switch family {
	case iPadOS:
		return tablet
	case watchOS, wearOS:
		return wearable
	case tvOS:
		return smartTV
	}
	return mobile
}

// refineApp takes what an app knows of the hardware it runs on.
func (s *sighting) refineApp(signals Signals) {
	if s.app == "" || s.app == "okhttp" { // Android's usual HTTP library speaks for no app
		if name := clean(signals.AppName, maxName); name != "" {
			s.app = name
		}
	}
	if s.system.family != iOS && s.system.family != iPadOS && s.system.family != android {
		return
	}
	if s.system.version == "" && sameSystem(signals.OSName, s.system.family) {
		s.system.version = withoutZeros(version(signals.OSVersion))
	}
	model := clean(signals.DeviceModel, maxName)
	if s.system.family == iOS && s.hardware == "" && strings.HasPrefix(model, "iPad") {
		s.kind, s.system.family = tablet, iPadOS
	}
	if model = readableModel(model); model != "" {
		s.hardware = model
	}
}

func sameSystem(name, family string) bool {
	named := nativeFamilies[strings.ToLower(name)]
	return named == "" || named == family
}

// readableModel turns Apple's identifiers, "iPhone15,2", into the product
// that people know.
func readableModel(model string) string {
	if !strings.Contains(model, ",") {
		return model
	}
	return strings.TrimRight(model, "0123456789,")
}

// hinted tells whether the client hints of the connection name the system.
func (s *sighting) hinted(h ClientHints) bool {
	return s.system.family != "" && hintedFamilies[h.Platform] == s.system.family
}

func headless(brands []Brand) bool {
	for _, b := range brands {
		if b.Name == "HeadlessChrome" {
			return true
		}
	}
	return false
}

func (s *sighting) platform() string {
	switch {
	case s.web:
		return "web"
	case s.system.family == android || s.system.family == wearOS:
		return "android"
	case s.system.family == iOS || s.system.family == iPadOS:
		return "ios"
	}
	return "other"
}

func (s *sighting) name() string {
	agent, place := s.browser.family, s.hardware
	if agent == "" {
		agent = s.app
	}
	if place == "" {
		place = s.system.family
	}
	switch {
	case agent == "" && place == "":
		return "Unknown device"
	case agent == "" && s.hardware == "":
		return place + " device"
	case agent == "":
		return place
	case place == "":
		return agent
	}
	return agent + " on " + place
}

func (c *Client) web() bool { return c.Platform == "web" }
