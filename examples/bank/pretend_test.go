package bank_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/examples/bank"
	"github.com/symbolon-id/symbolon/symbolontest"
)

const (
	onLinux   = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
	onMac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
)

// asked is a Symbolon that only listens. It answers nothing that could be believed.
func asked(t *testing.T, h *house) (*client.Client, func() symbolon.DecisionRequest) {
	t.Helper()
	var last symbolon.DecisionRequest
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var heard symbolon.DecisionRequest
		if err := json.NewDecoder(r.Body).Decode(&heard); err != nil {
			t.Errorf("the bank sends no JSON: %v", err)
		}
		last = heard
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(s.Close)
	c, err := client.New(client.Config{BaseURL: s.URL, App: h.app.ID, Key: h.app.Key, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c, func() symbolon.DecisionRequest { return last }
}

// learns waits until Symbolon has written down where the device was, which may take a second.
func (h *house) learns(t *testing.T, id symbolon.DeviceID, location string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		d, err := h.app.Backend.GetDevice(ctx, id)
		if err != nil {
			t.Fatalf("waiting for %s: %v", location, err)
		}
		if d.Location == location {
			tick.Stop()
			return
		}
		<-tick.C
	}
}

func TestWhatIsPretendedIsAllThatSymbolonSees(t *testing.T) {
	h := openHouse(t)
	ear, last := asked(t, h)
	own := `{"clientHints":{"brands":[{"brand":"Chromium","version":"121"}],"platform":"Linux","platformVersion":"6.1"},` +
		`"cores":8,"webgl":{"vendor":"Intel","renderer":"Mesa Intel UHD"}}`
	b := openBank(t, h.app, ear, bank.Place{Name: "home", Address: "203.0.113.10"}, bank.Place{Name: "away", Address: "198.51.100.70"}).browser(t, "alice")
	b.password(t)
	hinted := []string{"Sec-CH-UA-Platform", `"Linux"`, "User-Agent", onLinux}

	for name, want := range map[string]struct {
		pretend         body
		address, agent  string
		hints           int
		platform, webgl string
	}{
		"nothing":                  {nil, "203.0.113.10", onLinux, 1, "Linux", "Intel"},
		"a place":                  {body{"place": "away"}, "198.51.100.70", onLinux, 1, "Linux", "Intel"},
		"a place that is none":     {body{"place": "the moon"}, "203.0.113.10", onLinux, 1, "Linux", "Intel"},
		"a system":                 {body{"system": true}, "203.0.113.10", onWindows, 0, "Windows", ""},
		"a place and a system":     {body{"place": "away", "system": true}, "198.51.100.70", onWindows, 0, "Windows", ""},
		"neither, though asked to": {body{"system": false}, "203.0.113.10", onLinux, 1, "Linux", "Intel"},
	} {
		t.Run(name, func(t *testing.T) {
			b.ask(t, http.MethodPost, "/api/sign-in/device", body{"signals": json.RawMessage(own), "pretend": want.pretend}, hinted...)
			got := last()
			var signals struct {
				Cores       int
				ClientHints struct{ Platform, PlatformVersion string }
				WebGL       struct{ Vendor string }
			}
			if err := json.Unmarshal(got.Signals, &signals); err != nil {
				t.Fatal(err)
			}
			equal(t, "the address", got.Context.IPAddress, want.address)
			equal(t, "the user agent", got.Context.UserAgent, want.agent)
			equal(t, "how many hints", len(got.Context.ClientHints), want.hints)
			equal(t, "the platform", signals.ClientHints.Platform, want.platform)
			equal(t, "the graphics", signals.WebGL.Vendor, want.webgl)
			equal(t, "whether the system's version is told", signals.ClientHints.PlatformVersion != "", want.hints > 0)
			equal(t, "what is not the system's", signals.Cores, 8)
		})
	}
}

func TestThePretendedSystemIsNeverTheOwn(t *testing.T) {
	h := openHouse(t)
	ear, last := asked(t, h)
	b := openBank(t, h.app, ear).browser(t, "alice")
	b.password(t)
	for own, want := range map[string]string{
		onLinux:   onWindows,
		onMac:     onWindows,
		onWindows: onMac,
		"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
		"curl/8.5.0": "curl/8.5.0",
	} {
		b.ask(t, http.MethodPost, "/api/sign-in/device", body{"pretend": body{"system": true}}, "User-Agent", own)
		equal(t, own, last().Context.UserAgent, want)
		equal(t, "without places, the address", last().Context.IPAddress, "127.0.0.1")
	}
}

func TestAStrangeSystemCostsACodeAndAStrangePlaceToo(t *testing.T) {
	world := map[string]symbolon.Place{
		"203.0.113.0/24":  {Location: "London, ENG, UK", Country: "GB", Latitude: 51.5, Longitude: -0.1, Radius: 10, ASN: 64496},
		"198.51.100.0/24": {Location: "Tokyo, Japan", Country: "JP", Latitude: 35.7, Longitude: 139.7, Radius: 10, ASN: 64497},
	}
	app := symbolontest.Start(t, symbolontest.WithPlaces(world)).NewApp(t)
	app.SetPolicy(t, string(bank.Policy))
	h := openBank(t, app, app.Backend, bank.Place{Name: "home", Address: "203.0.113.10"}, bank.Place{Name: "away", Address: "198.51.100.10"})
	laptop := h.browser(t, "alice")
	laptop.signIn(t, "P30D")
	login := func(pretend body) heard {
		laptop.post(t, "sign-out", body{})
		laptop.password(t)
		return laptop.post(t, "sign-in/device", body{"proof": laptop.proof(t, "login", ""), "pretend": pretend})
	}

	login(nil) // it was registered by no browser; from now on Symbolon knows it as one
	home := login(nil)
	equal(t, "at home", home.Answer.Next, "accounts")
	equal(t, "the place", home.Activity[0].Decision.Place.Location, "London, ENG, UK")
	if risk := home.Activity[0].Decision.Risk; risk.Score != 0 {
		t.Errorf("at home something is odd: %+v", risk)
	}
	h.learns(t, laptop.key.ID(), "London, ENG, UK")

	away := login(body{"place": "away"})
	equal(t, "away", away.Answer.Next, "code")
	equal(t, "whether trust ended", away.Activity[0].Decision.TrustEnded, false)
	equal(t, "back home", login(nil).Answer.Next, "accounts")

	both := login(body{"place": "away", "system": true})
	equal(t, "away on another system", both.Answer.Next, "code")
	equal(t, "whether trust ended", both.Activity[0].Decision.TrustEnded, true)
	desk := laptop.ask(t, http.MethodGet, "/api/staff/devices?user=alice", "")
	if !strings.Contains(desk.Raw, `"os_changed"`) || strings.Contains(desk.Raw, `"new_device"`) {
		t.Errorf("the desk reads other reasons than those that counted: %s", desk.Raw)
	}
	after := login(nil)
	equal(t, "back home without trust", after.Answer.Next, "code")
	equal(t, "whether trust ended anew", after.Activity[0].Decision.TrustEnded, false)
}
