package risk_test

import (
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

var pepper = []byte("0123456789abcdef0123456789abcdef")

// laptop is the browser that the fingerprints below start from.
func laptop() risk.Connection {
	return risk.Connection{
		UserAgent:      chromeMac,
		AcceptLanguage: "en-US,en;q=0.9",
		Hints: risk.HintHeaders{
			Brands:   `"Not A(Brand";v="99", "Google Chrome";v="121", "Chromium";v="121"`,
			Platform: `"macOS"`, Mobile: "?0",
		},
	}
}

func fingerprint(t *testing.T, conn risk.Connection, signals string) string {
	t.Helper()
	s := parse(t, signals)
	whole, _ := risk.FingerprintV2(pepper, risk.ParseClient(conn, s), s)
	return whole
}

// These values are stored: a change to them needs a new version. They were worked out
// apart from this code, from FingerprintV2's description.
func TestFingerprintVectors(t *testing.T) {
	phone := risk.Connection{UserAgent: "MyApp/2.5.0 (iPhone; iOS 17.3)"}
	for _, c := range []struct {
		name          string
		conn          risk.Connection
		signals       string
		whole, traits string
	}{
		{
			"a browser", laptop(), webSignals, "v2.Tjvu7u9NLraRGy6k0Wxh50mtad8v2ewLsSdBI5t9QM0",
			"v2,os:avz23AXh,ov:Rh0EQqwP,br:419DN7-D,bv:Oq0O8u8d,ty:u-d6G32H,ar:wzhyIyhD,gv:WSnge_Jv,gr:lOQ035AN,sc:gBYMLGpI,pr:4kYIZjfG," +
				"cd:E7c3GZaf,co:o35z1wSd,me:Q1oMqpGO,to:9wmz1dQ5,tz:gi0F-SmG,la:1RXBzLrw,ll:INslSz6f,pl:JPnw97_P",
		},
		{
			"an app", phone, appSignals, "v2.1tw12mJtWvdgeq0VmAPVFnnR3syFDNBOxEEcmoXbE4c",
			"v2,os:ZzwAzCc-,ov:hp_C460a,br:6KFT6KWZ,ty:l7TnGU4g,mo:Hy7kNt0x",
		},
		{"nothing known", risk.Connection{}, ``, "v2.RpfKnbmzAeCdhMekJkHhzEpMexe8eYQlf7oCPrdIBpw", ""},
	} {
		s := parse(t, c.signals)
		whole, traits := risk.FingerprintV2(pepper, risk.ParseClient(c.conn, s), s)
		if whole != c.whole || traits != c.traits {
			t.Errorf("%s:\n got %s %s\nwant %s %s", c.name, whole, traits, c.whole, c.traits)
		}
	}
}

func TestFingerprintStaysWhileTheDeviceDoes(t *testing.T) {
	want := fingerprint(t, laptop(), webSignals)
	edit := strings.NewReplacer
	for _, c := range []struct {
		name string
		conn func(*risk.Connection)
		edit *strings.Replacer
	}{
		{
			"the browser is updated",
			func(c *risk.Connection) {
				c.UserAgent = mac + blink + "Chrome/122.0.0.0 Safari/537.36"
				c.Hints.Brands = `"Chromium";v="122", "Not(A:Brand";v="24", "Google Chrome";v="122"`
			},
			edit("121.0.6167.184", "122.0.6261.57", `"121"`, `"122"`),
		},
		{"the system is updated", nil, edit("14.2.0", "15.0.0")},
		{"invented brands change", nil, edit("Not A(Brand", "Not_A Brand")},
		{
			"high-entropy hints arrive, from the second request on",
			func(c *risk.Connection) {
				c.Hints.PlatformVersion, c.Hints.Model = `"14.2.0"`, `""`
				c.Hints.FullVersionList = `"Google Chrome";v="121.0.6167.184", "Chromium";v="121.0.6167.184"`
			}, nil,
		},
		{"plugins change", nil, edit(`"Chrome PDF Viewer"`, `"WebKit built-in PDF"`)},
		{"the screen is turned", nil, edit("2560", "1440", "1440", "2560")},
		{"further languages change", func(c *risk.Connection) { c.AcceptLanguage = "en-us, de;q=0.5" }, edit(`"en"]`, `"de"]`)},
		{"members come in another order", nil, edit(`"cores": 8, `, ``, `"colorDepth": 24,`, `"cores": 8, "colorDepth": 24,`)},
		{"a newer SDK says more", nil, edit(`"cores"`, `"gyroscope": "M2", "cores"`)},
		{"the page is zoomed", nil, edit(`"pixelRatio": 2`, `"pixelRatio": 2.5`)},
		{"a driver is updated", nil, edit("Version 14.2 (Build 23C64)", "Version 15.0 (Build 24A335)")},
	} {
		conn, signals := laptop(), webSignals
		if c.conn != nil {
			c.conn(&conn)
		}
		if c.edit != nil {
			if signals = c.edit.Replace(signals); signals == webSignals {
				t.Fatalf("%s: the edit changes nothing", c.name)
			}
		}
		if got := fingerprint(t, conn, signals); got != want {
			t.Errorf("the fingerprint changed when %s", c.name)
		}
	}
}

func TestFingerprintTellsDevicesApart(t *testing.T) {
	seen := map[string]string{fingerprint(t, laptop(), webSignals): "the first device"}
	for name, change := range map[string][2]string{
		"another architecture": {`"arm"`, `"x86"`},
		"another bitness":      {`"64"`, `"32"`},
		"another model":        {`"model": ""`, `"model": "Pixel 8"`},
		"another screen":       {"2560", "1920"},
		"another colour depth": {"24", "30"},
		"another time zone":    {"America/New_York", "Europe/London"},
		"other cores":          {`"cores": 8`, `"cores": 10`},
		"a touch screen":       {`"maxTouchPoints": 0`, `"maxTouchPoints": 5`},
		"cores unknown":        {`"cores": 8`, `"cores": null`},
		"more memory":          {`"deviceMemory": 8`, `"deviceMemory": 4`},
		"other graphics":       {"Apple M1", "Apple M2"},
	} {
		distinct(t, seen, name, fingerprint(t, laptop(), strings.Replace(webSignals, change[0], change[1], 1)))
	}
	for name, change := range map[string]func(*risk.Connection){
		"another system": func(c *risk.Connection) {
			c.UserAgent, c.Hints.Platform = windows+blink+"Chrome/121.0.0.0 Safari/537.36", `"Windows"`
		},
		"another browser":  func(c *risk.Connection) { c.Hints.Brands = `"Brave";v="121", "Chromium";v="121"` },
		"another type":     func(c *risk.Connection) { c.Hints.Mobile = "?1" },
		"another language": func(c *risk.Connection) { c.AcceptLanguage = "de-CH" },
	} {
		conn := laptop()
		change(&conn)
		distinct(t, seen, name, fingerprint(t, conn, webSignals))
	}

	s := parse(t, webSignals)
	other, _ := risk.FingerprintV2([]byte("another app's pepper, 32 bytes.."), risk.ParseClient(laptop(), s), s)
	distinct(t, seen, "another pepper", other)
}

// Values next to one another must not run together.
func TestFingerprintKeepsComponentsApart(t *testing.T) {
	seen := map[string]string{}
	for _, c := range []risk.Client{
		{System: "macOS", Agent: "Chrome"},
		{System: "macOSC", Agent: "hrome"},
		{System: "macOSChrome"},
		{Agent: "macOSChrome"},
	} {
		whole, _ := risk.FingerprintV2(pepper, c, risk.Signals{})
		distinct(t, seen, c.System+"|"+c.Agent, whole)
	}
}

func distinct(t *testing.T, seen map[string]string, name, value string) {
	t.Helper()
	if len(value) != 46 || !strings.HasPrefix(value, "v2.") {
		t.Errorf("%s: %q has not the form of version 2", name, value)
	}
	if twin, found := seen[value]; found {
		t.Errorf("%s and %s have one fingerprint", name, twin)
	}
	seen[value] = name
}
