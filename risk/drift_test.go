package risk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

func traits(t testing.TB, conn risk.Connection, signals string) string {
	t.Helper()
	s := parse(t, signals)
	_, traits := risk.FingerprintV2(pepper, risk.ParseClient(conn, s), s)
	return traits
}

// updated is the laptop after its browser and its system were updated this morning.
func updated() (risk.Connection, string) {
	conn := laptop()
	conn.UserAgent = mac + blink + "Chrome/122.0.0.0 Safari/537.36"
	conn.Hints.Brands = `"Chromium";v="122", "Not(A:Brand";v="24", "Google Chrome";v="122"`
	return conn, strings.NewReplacer("121.0.6167.184", "122.0.6261.57", `"121"`, `"122"`, "14.2.0", "15.0.0",
		"Version 14.2 (Build 23C64)", "Version 15.0 (Build 24A335)").Replace(webSignals)
}

// otherMachine is another machine with the same browser, language and time zone.
var otherMachine = strings.NewReplacer("2560", "1512", "1440", "982", `"cores": 8`, `"cores": 12`, "Apple M1", "Apple M3 Pro",
	`"deviceMemory": 8`, `"deviceMemory": 16`, `"pixelRatio": 2`, `"pixelRatio": 1`)

func TestDrift(t *testing.T) {
	newer, newerSignals := updated()
	windowsPC := laptop()
	windowsPC.UserAgent, windowsPC.Hints.Platform = windows+blink+"Chrome/121.0.0.0 Safari/537.36", `"Windows"`
	windowsSignals := strings.NewReplacer(`"macOS"`, `"Windows"`, "Google Inc. (Apple)", "Google Inc. (NVIDIA)",
		"ANGLE Metal Renderer: Apple M1, Version 14.2 (Build 23C64)", "NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11",
		"America/New_York", "Asia/Singapore").Replace(webSignals)
	untold := strings.NewReplacer(`"architecture": "arm", "bitness": "64", `, ``, `"platformVersion": "14.2.0", `, ``).Replace(webSignals)

	for _, c := range []struct {
		name    string
		conn    risk.Connection
		signals string
		from    float64
		to      float64
		changed string
	}{
		{"nothing", laptop(), webSignals, 0, 0, ""},
		{"the browser and the system were updated", newer, newerSignals, 0.02, 0.05, "version of the operating system, version of the browser"},
		{"a plugin was added", laptop(), strings.Replace(webSignals, `["PDF Viewer"`, `["Passwords", "PDF Viewer"`, 1), 0.01, 0.03, "plugins"},
		{"a monitor was added", laptop(), strings.NewReplacer("2560", "3840", "1440", "2160", `Ratio": 2`, `Ratio": 1.5`, `Depth": 24`, `Depth": 30`).Replace(webSignals), 0.08, 0.12, "screen, pixel ratio, colour depth"},
		{"detailed hints did not come in time", laptop(), untold, 0, 0, ""},
		{"no signals came at all", laptop(), ``, 0, 0, ""},
		{"another machine, alike otherwise", laptop(), otherMachine.Replace(webSignals), 0.25, 0.35, "graphics processor, screen, pixel ratio, processor cores, memory"},
		{"another system, graphics and time zone at once", windowsPC, windowsSignals, 0.28, 0.40, "operating system, version of the operating system, maker of the graphics processor, graphics processor, time zone"},
	} {
		share, changed := risk.Drift(traits(t, laptop(), webSignals), traits(t, c.conn, c.signals))
		if share < c.from || share > c.to || strings.Join(changed, ", ") != c.changed {
			t.Errorf("%s: %.3f %q, want %.2f to %.2f and %q", c.name, share, changed, c.from, c.to, c.changed)
		}
	}
}

// Where hardly anything is known of a device, one change must not look like many.
func TestOneChangeIsWeakWithoutSignals(t *testing.T) {
	german := laptop()
	german.AcceptLanguage = "de-DE"
	share, changed := risk.Drift(traits(t, laptop(), ``), traits(t, german, ``))
	if !slices.Equal(changed, []string{"language"}) || share > 0.07 {
		t.Errorf("%.3f of %q", share, changed)
	}
}

// A Mac without signals may be an iPad that asks for the desktop site, and a Linux an
// Android: neither is sure of its system, and so has none that could drift.
func TestWhatMayBeADesktopSiteHasNoSystem(t *testing.T) {
	safari := mac + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15"
	for _, c := range []struct {
		name    string
		conn    risk.Connection
		signals string
		sure    bool
	}{
		{"Safari without signals", risk.Connection{UserAgent: safari}, ``, false},
		{"Safari whose screen has no touch points", risk.Connection{UserAgent: safari}, `{"screen": {"width": 1512, "height": 982}, "maxTouchPoints": 0}`, true},
		{"Safari on an iPad, as touch points tell", risk.Connection{UserAgent: safari}, `{"screen": {"width": 1024, "height": 768}, "maxTouchPoints": 5}`, true},
		{"Chrome that hints its Mac", laptop(), ``, true},
		{"Chrome on Linux without signals", risk.Connection{UserAgent: linuxChrome}, ``, false},
		{"Windows, which no phone passes for", risk.Connection{UserAgent: windows + blink + "Chrome/121.0.0.0 Safari/537.36"}, ``, true},
	} {
		if got := strings.Contains(traits(t, c.conn, c.signals), ",os:"); got != c.sure {
			t.Errorf("%s: sure of its system = %v, want %v", c.name, got, c.sure)
		}
	}
}

func TestTraitsOfAnotherVersionHaveNothingInCommon(t *testing.T) {
	now := traits(t, laptop(), webSignals)
	for _, before := range []string{"", "v1,os:AAAAAAAA", "v3" + now[2:], "os:AAAAAAAA", "v2", "v2,", "v2,zz:AAAAAAAA"} {
		if share, changed := risk.Drift(before, now); share != 0 || changed != nil {
			t.Errorf("%q: %v of %q", before, share, changed)
		}
	}
}
