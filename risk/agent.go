package risk

import (
	"fmt"
	"slices"
	"strings"
)

// What a contradiction between the connection and the SDK weighs. Systems are told apart
// safely; of browsers, some pass for others on purpose.
const (
	otherSystem  = 100
	otherBrowser = 60
	otherVersion = 50
)

// userAgentMismatch holds what the SDK says of the browser and system against what the
// connection says. Either may be silent, reduced or frozen: only what both tell counts.
func userAgentMismatch(s *sight) (int, string) {
	for _, look := range [...]func(*sight) (int, string){systemMismatch, graphicsMismatch, browserMismatch, versionMismatch} {
		if weight, detail := look(s); weight > 0 {
			return weight, detail
		}
	}
	return 0, ""
}

func systemMismatch(s *sight) (int, string) {
	said, who := hintedFamilies[s.Signals.ClientHints.Platform], "page"
	if !s.Client.web() {
		said, who = nativeFamilies[strings.ToLower(s.Signals.OSName)], "app"
	}
	shown := s.Client.alone.system
	if said == "" || said == shown || !personal[shown] || oneSystem(said, shown) {
		return 0, ""
	}
	return otherSystem, fmt.Sprintf("The connection shows %s, the %s says %s.", shown, who, said)
}

// personal are the systems whose browsers hint what they are; appliances hint what they
// are built on.
var personal = map[string]bool{windows: true, macOS: true, linux: true, chromeOS: true, android: true, iOS: true, iPadOS: true}

// oneSystem tells whether one device honestly shows both names: phones and tablets that
// ask for the desktop site of a page, apps for phones on tablets, and Android on ChromeOS.
func oneSystem(a, b string) bool {
	for _, pair := range [...][2]string{{iOS, iPadOS}, {iOS, macOS}, {iPadOS, macOS}, {android, linux}, {linux, chromeOS}, {android, chromeOS}} {
		if pair == [2]string{a, b} || pair == [2]string{b, a} {
			return true
		}
	}
	return false
}

// graphicsMarks are words in a renderer's name that only some systems' drivers have.
var graphicsMarks = []struct {
	mark    string
	systems []string
}{
	{"Direct3D", []string{windows}},
	{"Metal", []string{macOS, iOS, iPadOS}},
	{"Apple GPU", []string{macOS, iOS, iPadOS}},
	{"Mesa", []string{linux, chromeOS, android}},
}

func graphicsMismatch(s *sight) (int, string) {
	shown := s.Client.alone.system
	if !personal[shown] {
		return 0, ""
	}
	for _, g := range graphicsMarks {
		if strings.Contains(s.Signals.WebGL.Renderer, g.mark) && !slices.Contains(g.systems, shown) {
			return otherSystem, fmt.Sprintf("The connection shows %s, which has no %s graphics.", shown, g.mark)
		}
	}
	return 0, ""
}

// unbranded are browsers that have no brands to hint.
var unbranded = []string{"Firefox", "Safari", "Internet Explorer"}

func browserMismatch(s *sight) (int, string) {
	h := s.Signals.ClientHints
	said, rank := bestBrand(h.Brands, h.FullVersionList)
	shown := s.Client.alone.browser.family
	passes := shown == chrome || shown == chromium || shown == webView || rank < specific
	if rank == 0 || shown == "" || shown == said || passes && !slices.Contains(unbranded, shown) {
		return 0, ""
	}
	return otherBrowser, fmt.Sprintf("The connection shows %s, the page says %s.", shown, said)
}

func versionMismatch(s *sight) (int, string) {
	h, shown := s.Signals.ClientHints, s.Client.alone.browser
	said := brandVersion(h.Brands, shown.family)
	if said == "" {
		said = brandVersion(h.FullVersionList, shown.family)
	}
	if major(said) < 0 || major(shown.version) < 0 || major(said) == major(shown.version) {
		return 0, ""
	}
	return otherVersion, fmt.Sprintf("The connection shows %s %d, the page says %d.", shown.family, major(shown.version), major(said))
}
