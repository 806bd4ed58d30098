package registry_test

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// sight is what a request shows of what it comes from, and of where.
type sight struct{ agent, signals, address string }

// Ada's laptop, the same one after this morning's update, and the machine of whoever
// took the key from it.
var (
	laptop = sight{chrome, `{"screen":{"width":1512,"height":982},"colorDepth":30,"cores":8,"deviceMemory":8,"maxTouchPoints":0,
		"timeZone":"America/New_York","languages":["en-US","en"],"clientHints":{"platform":"macOS","architecture":"arm","bitness":"64"},
		"webgl":{"vendor":"Google Inc. (Apple)","renderer":"ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Unspecified Version)"}}`, newYork}
	updated = sight{strings.Replace(chrome, "Chrome/121", "Chrome/122", 1), laptop.signals, newYork}
	stolen  = sight{windows, `{"screen":{"width":1920,"height":1080},"colorDepth":24,"cores":16,"deviceMemory":32,"maxTouchPoints":0,
		"timeZone":"America/New_York","languages":["en-US","en"],"clientHints":{"platform":"Windows","architecture":"x86","bitness":"64"},
		"webgl":{"vendor":"Google Inc. (NVIDIA)","renderer":"ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)"}}`, newYork}
)

const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"

// The addresses of the stories, and where they are.
const (
	newYork = "192.0.2.7"
	lisbon  = "198.51.100.1"
	hidden  = "203.0.113.9"
)

type atlas map[string]symbolon.Place

func (a atlas) Lookup(address string) symbolon.Place { return a[address] }

var earth = atlas{
	newYork: {Location: "New York, NY, USA", Country: "US", Latitude: 40.71, Longitude: -74.01, Radius: 20, TimeZone: "America/New_York", ASN: 64500, Network: "Home Cable"},
	lisbon:  {Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.72, Longitude: -9.14, Radius: 20, TimeZone: "Europe/Lisbon", ASN: 64501, Network: "Rede"},
	hidden:  {Location: "Tokyo, Japan", Country: "JP", Latitude: 35.68, Longitude: 139.69, Radius: 20, TimeZone: "Asia/Tokyo", ASN: 64502, Network: "Nobody", Anonymous: true},
}

// mapped lets the service know where addresses are.
func (w *world) mapped() *world {
	w.Helper()
	w.places = earth
	w.serve(secret)
	return w
}

// at lets a decision be about a request from there.
func (s sight) at(address string) sight {
	s.address = address
	return s
}

func (s sight) decision(r *symbolon.DecisionRequest) {
	r.Context = symbolon.ClientContext{IPAddress: s.address, UserAgent: s.agent}
	r.Signals = json.RawMessage(s.signals)
}

func (s sight) registration(r *symbolon.Registration) {
	r.Context = symbolon.ClientContext{IPAddress: s.address, UserAgent: s.agent}
	r.Signals = json.RawMessage(s.signals)
}

// from is a sign-in with a fresh proof, as it shows itself.
func (f *fake) from(s sight) symbolon.Decision {
	f.w.Helper()
	return f.w.decision(f.ask(f.prove(), s.decision))
}

// trustedLaptop is ada's, registered and trusted two days ago.
func (w *world) trustedLaptop() *fake {
	w.Helper()
	f := w.browser(ada)
	f.register(laptop.registration)
	made := f.from(laptop)
	w.device(w.reg.TrustDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.TrustRequest{DecisionID: made.ID, Factor: "otp"}))
	w.pass(2 * symbolon.Day)
	w.seal()
	return f
}

// codesOf are the codes of the reasons of a decision.
func codesOf(d symbolon.Decision) []string {
	var codes []string
	for _, r := range d.Risk.Reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

// because tells whether the decision names the reason.
func because(d symbolon.Decision, code string) bool { return slices.Contains(codesOf(d), code) }
