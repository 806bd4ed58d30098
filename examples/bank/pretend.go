package bank

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// Place is where the demo's page may pretend to be. Symbolon knows it by the address.
type Place struct {
	Name    string
	Address string
}

// pretence is what the page asks the bank to make of its request before Symbolon sees it:
// a demo has to show oddness without a journey. A real backend passes on what came.
type pretence struct {
	Place  string `json:"place,omitempty"`  // by its name; home for one that there is not
	System bool   `json:"system,omitempty"` // another operating system than the browser's own
}

// seen is the request as Symbolon shall see it.
func (b *Bank) seen(c *call, e evidence) (symbolon.ClientContext, json.RawMessage) {
	at, signals := c.connection(), e.Signals
	if len(b.cfg.Places) > 0 {
		at.IPAddress = b.place(e.Pretend.Place).Address
	}
	if e.Pretend.System {
		other := otherSystem(at.UserAgent)
		at.UserAgent, at.ClientHints = other.userAgent(at.UserAgent), nil
		signals = other.signals(signals)
	}
	return at, signals
}

// place is where the page pretends to be. Unless it does it is at home, since this
// machine's own address is nowhere.
func (b *Bank) place(name string) Place {
	i := slices.IndexFunc(b.cfg.Places, func(p Place) bool { return p.Name == name })
	return b.cfg.Places[max(i, 0)]
}

// system is an operating system as a browser on it names it.
type system struct {
	name    string // in client hints
	inAgent string // in a User-Agent string
}

// otherSystem is one that the browser does not run on.
func otherSystem(userAgent string) system {
	if strings.Contains(userAgent, "Windows") {
		return system{"macOS", "Macintosh; Intel Mac OS X 10_15_7"}
	}
	return system{"Windows", "Windows NT 10.0; Win64; x64"}
}

// userAgent is the same browser's on this system.
func (s system) userAgent(own string) string {
	before, rest, _ := strings.Cut(own, "(")
	inside, after, found := strings.Cut(rest, ")")
	if !found {
		return own
	}
	platform := s.inAgent
	if i := strings.Index(inside, "; rv:"); i >= 0 {
		platform += inside[i:] // Firefox's version, which it names twice
	}
	return before + "(" + platform + ")" + after
}

// signals are the same browser's on this system. What tells of the old one by its details or
// its graphics is left out.
func (s system) signals(own json.RawMessage) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(own, &all) != nil {
		return own
	}
	delete(all, "webgl")
	var hints struct {
		Brands   json.RawMessage `json:"brands,omitempty"`
		Platform string          `json:"platform,omitempty"`
		Mobile   bool            `json:"mobile"`
	}
	if json.Unmarshal(all["clientHints"], &hints) == nil {
		hints.Platform, hints.Mobile = s.name, false
		all["clientHints"], _ = json.Marshal(hints) // of JSON that was just read
	}
	changed, _ := json.Marshal(all)
	return changed
}
