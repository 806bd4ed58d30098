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
	maxBrands  = 16
	maxList    = 64
)

// Signals is what a client's SDK says of the device that it runs on. Every
// field may be missing: the zero value means that the client did not say.
type Signals struct {
	ClientHints    ClientHints // of a Chromium browser, from navigator.userAgentData
	Screen         Screen
	ColorDepth     int      // bits per pixel
	TimeZone       string   // IANA name, "America/New_York"
	Languages      []string // BCP 47, the preferred one first
	Cores          int      // logical processors
	MaxTouchPoints int
	Plugins        []string
	Automation     Automation

	// Of a native app.
	AppName          string
	AppVersion       string
	Manufacturer     string
	DeviceModel      string // "Pixel 8", "iPhone15,2"
	OSName           string // "Android", "iOS", "iPadOS", "watchOS", "tvOS", …
	OSVersion        string
	BiometricEnabled *bool
	Jailbroken       *bool // or rooted
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

// Automation holds the marks that a browser shows when software drives it.
type Automation struct {
	WebDriver bool
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
	r := reader{text: string(raw)}
	if depth(r.text) > MaxSignalsDepth {
		return s, fmt.Errorf("signals must be nested at most %d levels deep", MaxSignalsDepth)
	}
	if err := r.signals(&s); err != nil {
		return Signals{}, err
	}
	return s, nil
}

func (r *reader) signals(s *Signals) error {
	return r.object("signals", func(name string) error {
		switch name {
		case "clientHints":
			return r.clientHints(&s.ClientHints)
		case "screen":
			return r.screen(&s.Screen)
		case "colorDepth":
			return r.integer("signals.colorDepth", &s.ColorDepth, 255)
		case "timeZone":
			return r.string("signals.timeZone", &s.TimeZone)
		case "languages":
			return r.strings("signals.languages", &s.Languages)
		case "cores":
			return r.integer("signals.cores", &s.Cores, 65535)
		case "maxTouchPoints":
			return r.integer("signals.maxTouchPoints", &s.MaxTouchPoints, 65535)
		case "plugins":
			return r.strings("signals.plugins", &s.Plugins)
		case "automation":
			return r.automation(&s.Automation)
		default:
			return r.nativeSignal(name, s)
		}
	})
}

func (r *reader) nativeSignal(name string, s *Signals) error {
	switch name {
	case "appName":
		return r.string("signals.appName", &s.AppName)
	case "appVersion":
		return r.string("signals.appVersion", &s.AppVersion)
	case "manufacturer":
		return r.string("signals.manufacturer", &s.Manufacturer)
	case "deviceModel":
		return r.string("signals.deviceModel", &s.DeviceModel)
	case "osName":
		return r.string("signals.osName", &s.OSName)
	case "osVersion":
		return r.string("signals.osVersion", &s.OSVersion)
	case "biometricEnabled":
		return r.optionalFlag("signals.biometricEnabled", &s.BiometricEnabled)
	case "jailbroken":
		return r.optionalFlag("signals.jailbroken", &s.Jailbroken)
	default:
		return r.ignore("signals")
	}
}

func (r *reader) clientHints(h *ClientHints) error {
	return r.object("signals.clientHints", func(name string) error {
		switch name {
		case "brands":
			return r.brands("signals.clientHints.brands", &h.Brands)
		case "fullVersionList":
			return r.brands("signals.clientHints.fullVersionList", &h.FullVersionList)
		case "platform":
			return r.string("signals.clientHints.platform", &h.Platform)
		case "platformVersion":
			return r.string("signals.clientHints.platformVersion", &h.PlatformVersion)
		case "architecture":
			return r.string("signals.clientHints.architecture", &h.Architecture)
		case "bitness":
			return r.string("signals.clientHints.bitness", &h.Bitness)
		case "model":
			return r.string("signals.clientHints.model", &h.Model)
		case "mobile":
			return r.flag("signals.clientHints.mobile", &h.Mobile)
		case "wow64":
			return r.flag("signals.clientHints.wow64", &h.WoW64)
		default:
			return r.ignore("signals.clientHints")
		}
	})
}

func (r *reader) brands(member string, out *[]Brand) error {
	return r.array(member, maxBrands, func() error {
		var b Brand
		err := r.object(member, func(name string) error {
			switch name {
			case "brand":
				return r.string(member+".brand", &b.Name)
			case "version":
				return r.string(member+".version", &b.Version)
			default:
				return r.ignore(member)
			}
		})
		*out = append(*out, b)
		return err
	})
}

func (r *reader) screen(s *Screen) error {
	return r.object("signals.screen", func(name string) error {
		switch name {
		case "width":
			return r.integer("signals.screen.width", &s.Width, 65535)
		case "height":
			return r.integer("signals.screen.height", &s.Height, 65535)
		default:
			return r.ignore("signals.screen")
		}
	})
}

func (r *reader) automation(a *Automation) error {
	return r.object("signals.automation", func(name string) error {
		if name == "webdriver" {
			return r.flag("signals.automation.webdriver", &a.WebDriver)
		}
		return r.ignore("signals.automation")
	})
}
