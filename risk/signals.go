package risk

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of a signals object. A client that exceeds one is refused, so what
// is read here can be stored and hashed without further thought.
const (
	MaxSignalsBytes = 8 << 10
	MaxSignalsDepth = 5

	maxMembers = 64
	maxText    = 128
	maxGPU     = 256 // what drivers call a graphics processor is long
	maxBrands  = 16
	maxList    = 64
	maxMarks   = 16
)

// Signals is what a client's SDK says of the device that it runs on. Every
// field may be missing: the zero value means that the client did not say.
type Signals struct {
	ClientHints    ClientHints // of a Chromium browser, from navigator.userAgentData
	Screen         Screen
	ColorDepth     int      // bits per pixel
	PixelRatio     float64  // device pixels per CSS pixel; zooming changes it
	TimeZone       string   // IANA name, "America/New_York"
	Languages      []string // BCP 47, the preferred one first
	Cores          int      // logical processors
	DeviceMemory   float64  // GB, as coarse as browsers tell it
	MaxTouchPoints int
	Plugins        []string
	WebGL          WebGL
	Automation     Automation

	PrivateMode      *bool // a guess: browsers hide it
	StoragePersisted *bool // the browser promised to keep the site's storage

	// Of a native app.
	AppName          string
	AppVersion       string
	Manufacturer     string
	DeviceModel      string // "Pixel 8", "iPhone15,2"
	OSName           string // "Android", "iOS", "iPadOS", "watchOS", "tvOS", …
	OSVersion        string
	BiometricEnabled *bool
	Jailbroken       *bool // or rooted
	Emulator         *bool
}

// ClientHints are the values of User-Agent Client Hints, either from headers
// or from getHighEntropyValues (WICG UA-CH, sections 3 and 4).
type ClientHints struct {
	Brands          []Brand // with major versions
	FullVersionList []Brand
	Platform        string // "Windows", "macOS", "Android", …
	PlatformVersion string
	Architecture    string // "arm", "x86"
	Bitness         string // "64"
	Model           string
	Mobile          bool
	WoW64           bool
}

// Brand is one entry of a brand list. Lists hold invented entries too
// (GREASE), so a brand that is not known means nothing.
type Brand struct {
	Name    string
	Version string
}

// Screen is the size of the screen as the client reports it, in CSS pixels.
type Screen struct {
	Width, Height int
}

// WebGL is what a browser calls its graphics processor.
type WebGL struct {
	Vendor   string // "Google Inc. (Apple)"
	Renderer string // "ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)"
}

// Automation holds the marks that a browser shows when software drives it.
type Automation struct {
	WebDriver bool
	Headless  bool
	Marks     []string // further ones, as the SDK names them
}

// ParseSignals reads the signals object of a request. Nothing, null and an
// empty object give zero Signals, and a member that is null counts as missing.
// Members that are not known are ignored, so that a newer SDK works with an
// older server. It is an error, which names the member and what is allowed,
// when a known member has another type or size, when a member appears twice
// in one object, or when the whole exceeds MaxSignalsBytes or
// MaxSignalsDepth.
func ParseSignals(raw json.RawMessage) (Signals, error) {
	var s Signals
	switch {
	case len(raw) == 0:
		return s, nil
	case len(raw) > MaxSignalsBytes:
		return s, fmt.Errorf("signals must be at most %d bytes", MaxSignalsBytes)
	case !utf8.Valid(raw) || !json.Valid(raw):
		return s, errors.New("signals must be a JSON object in UTF-8")
	}
	r := reader{raw: string(raw)}
	if depth(r.raw) > MaxSignalsDepth {
		return s, fmt.Errorf("signals must be nested at most %d levels deep", MaxSignalsDepth)
	}
	if err := r.signals(&s); err != nil {
		return Signals{}, err
	}
	return s, nil
}
