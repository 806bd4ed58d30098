package risk

import (
	"slices"
	"strconv"
	"strings"
)

// component is one thing that a fingerprint is made of. Its weight says how odd it is
// that it changes: hardware stays, screens and versions come and go.
type component struct {
	tag    string // in traits; never another meaning for the same tag
	name   string // for people
	weight int
	whole  bool // also in the fingerprint as a whole: it stays while the device does
	of     func(c *Client, s *Signals) string
}

// components are written down in docs/risk.md, weights and all.
var components = [...]component{
	{"os", "operating system", 16, true, systemOf},
	{"ov", "version of the operating system", 2, false, systemVersion},
	{"br", "browser", 12, true, func(c *Client, _ *Signals) string { return c.Agent }},
	{"bv", "version of the browser", 2, false, browserVersion},
	{"ty", "type of device", 6, true, typeOf},
	{"ar", "processor architecture", 8, true, architectureOf},
	{"mo", "model", 10, true, func(_ *Client, s *Signals) string { return s.model() }},
	{"gv", "maker of the graphics processor", 4, false, func(_ *Client, s *Signals) string { return s.WebGL.Vendor }},
	{"gr", "graphics processor", 8, true, func(_ *Client, s *Signals) string { return graphics(s.WebGL.Renderer) }},
	{"sc", "screen", 8, true, func(_ *Client, s *Signals) string { return s.Screen.upright() }},
	{"pr", "pixel ratio", 2, false, func(_ *Client, s *Signals) string { return decimal(s.PixelRatio) }},
	{"cd", "colour depth", 2, true, func(_ *Client, s *Signals) string { return known(s.ColorDepth) }},
	{"co", "processor cores", 10, true, func(_ *Client, s *Signals) string { return known(s.Cores) }},
	{"me", "memory", 6, true, func(_ *Client, s *Signals) string { return decimal(s.DeviceMemory) }},
	{"to", "touch points", 6, true, touchOf},
	{"tz", "time zone", 6, true, func(_ *Client, s *Signals) string { return s.TimeZone }},
	{"la", "language", 5, true, func(c *Client, _ *Signals) string { return strings.ToLower(c.Language) }},
	{"ll", "further languages", 2, false, func(_ *Client, s *Signals) string { return strings.ToLower(strings.Join(s.Languages, ",")) }},
	{"pl", "plugins", 2, false, pluginsOf},
}

// systemTrait is the place of the operating system among the components.
const systemTrait = 0

func systemOf(c *Client, s *Signals) string {
	if c.mayBeDesktopSite(s) {
		return ""
	}
	return oneName(c.System)
}

// oneName gives iPadOS the name that it had up to version 12, and still has for apps that
// are built for phones.
func oneName(system string) string {
	if system == iPadOS {
		return iOS
	}
	return system
}

func typeOf(c *Client, s *Signals) string {
	if c.mayBeDesktopSite(s) || c.DeviceType == apiClient && c.Agent == "" {
		return ""
	}
	return c.DeviceType
}

// mayBeDesktopSite tells whether a phone or tablet could look like this: asked for the
// desktop site of a page, Safari calls itself a Mac and Chrome on Android a Linux. Touch
// points tell, and so do the hints of a browser on a Mac.
func (c *Client) mayBeDesktopSite(s *Signals) bool {
	if !c.web() || c.System != macOS && c.System != linux {
		return false
	}
	return s.MaxTouchPoints > 1 || !s.ofScreen() && !(c.alone.hinted && c.System == macOS)
}

// ofScreen tells whether signals come from something with a screen that told of it, so
// that no touch points mean that it has none.
func (s *Signals) ofScreen() bool { return s.Screen != Screen{} }

func systemVersion(c *Client, _ *Signals) string {
	_, number := familyOf(c.OperatingSystem)
	return known(max(major(number), 0))
}

func browserVersion(c *Client, _ *Signals) string {
	_, number := familyOf(c.Browser)
	return known(max(major(number), 0))
}

func architectureOf(_ *Client, s *Signals) string {
	return joined(s.ClientHints.Architecture, s.ClientHints.Bitness)
}

func touchOf(_ *Client, s *Signals) string {
	if !s.ofScreen() {
		return ""
	}
	return strconv.Itoa(s.MaxTouchPoints)
}

func pluginsOf(_ *Client, s *Signals) string {
	return strings.Join(slices.Sorted(slices.Values(s.Plugins)), "\n")
}

// upright gives the shorter side first, so that turning a phone keeps it.
func (s Screen) upright() string {
	if s == (Screen{}) {
		return ""
	}
	return strconv.Itoa(min(s.Width, s.Height)) + "x" + strconv.Itoa(max(s.Width, s.Height))
}

// graphics is a renderer's name without the versions of drivers and systems in it, which
// updates change: "ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Version 14.2 (Build
// 23C64))" is "ANGLE Metal Renderer: Apple M1".
func graphics(renderer string) string {
	name := renderer
	if inner, found := strings.CutPrefix(renderer, "ANGLE ("); found { // maker, renderer, backend
		first, last := strings.Index(inner, ", "), strings.LastIndex(inner, ", ")
		if first < last {
			name = inner[first+2 : last]
		}
	}
	var room [maxGPU]byte
	kept := room[:0]
	for word := range strings.FieldsSeq(name) {
		if !hasVersion(word) {
			kept = append(append(kept, ' '), word...)
		}
	}
	return strings.TrimSpace(string(kept))
}

// hasVersion tells whether a dot stands between two digits.
func hasVersion(word string) bool {
	for i := 1; i+1 < len(word); i++ {
		if word[i] == '.' && isDigit(word[i-1]) && isDigit(word[i+1]) {
			return true
		}
	}
	return false
}

func known(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func decimal(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}
