package risk_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

const webSignals = `{
	"clientHints": {
		"brands": [{"brand": "Not A(Brand", "version": "99"}, {"brand": "Google Chrome", "version": "121"}],
		"fullVersionList": [{"brand": "Google Chrome", "version": "121.0.6167.184"}, {"brand": "Not A(Brand", "version": "99.0.0.0"}],
		"platform": "macOS", "platformVersion": "14.2.0", "architecture": "arm", "bitness": "64", "model": "", "mobile": false, "wow64": false
	},
	"screen": {"width": 2560, "height": 1440},
	"colorDepth": 24, "timeZone": "America/New_York", "languages": ["en-US", "en"],
	"cores": 8, "maxTouchPoints": 0, "plugins": ["PDF Viewer", "Chrome PDF Viewer"],
	"pixelRatio": 2, "deviceMemory": 8, "privateMode": false, "storagePersisted": true,
	"webgl": {"vendor": "Google Inc. (Apple)", "renderer": "ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Version 14.2 (Build 23C64))"},
	"automation": {"webdriver": false, "headless": false, "marks": ["outer size is 0"]}
}`

const appSignals = `{
	"appName": "MyApp", "appVersion": "2.5.0", "manufacturer": "Apple", "deviceModel": "iPhone15,2",
	"osName": "iOS", "osVersion": "17.3", "biometricEnabled": true, "jailbroken": false, "emulator": false
}`

// parse reads signals that must be right.
func parse(t testing.TB, text string) risk.Signals {
	t.Helper()
	s, err := risk.ParseSignals(json.RawMessage(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignalsOfABrowser(t *testing.T) {
	want := risk.Signals{
		ClientHints: risk.ClientHints{
			Brands:          []risk.Brand{{"Not A(Brand", "99"}, {"Google Chrome", "121"}},
			FullVersionList: []risk.Brand{{"Google Chrome", "121.0.6167.184"}, {"Not A(Brand", "99.0.0.0"}},
			Platform:        "macOS", PlatformVersion: "14.2.0", Architecture: "arm", Bitness: "64",
		},
		Screen:     risk.Screen{Width: 2560, Height: 1440},
		ColorDepth: 24, TimeZone: "America/New_York", Languages: []string{"en-US", "en"},
		Cores: 8, Plugins: []string{"PDF Viewer", "Chrome PDF Viewer"},
		PixelRatio: 2, DeviceMemory: 8, PrivateMode: new(false), StoragePersisted: new(true),
		WebGL:      risk.WebGL{Vendor: "Google Inc. (Apple)", Renderer: "ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Version 14.2 (Build 23C64))"},
		Automation: risk.Automation{Marks: []string{"outer size is 0"}},
	}
	if got := parse(t, webSignals); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestMetadataShowsWhatIsKnown(t *testing.T) {
	for text, want := range map[string]map[string]any{
		`{}`:       {},
		webSignals: {"screenResolution": "2560x1440", "colorDepth": 24, "timezone": "America/New_York", "language": "en-US"},
		appSignals: {"appVersion": "2.5.0", "deviceModel": "iPhone15,2", "biometricEnabled": true, "jailbroken": false},
		`{"clientHints": {"model": "Pixel 8"}, "screen": {"width": 412}}`: {"deviceModel": "Pixel 8"},
	} {
		if got := parse(t, text).Metadata(); !maps.Equal(got, want) {
			t.Errorf("%s\n got %v\nwant %v", text, got, want)
		}
	}
}

func TestSignalsForgive(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                  ``,
		"null":                     `null`,
		"an empty object":          ` { } `,
		"members that are null":    `{"clientHints": null, "screen": null, "cores": null, "timeZone": null, "languages": null, "jailbroken": null, "automation": {"webdriver": null, "marks": null}, "webgl": {"vendor": null}, "deviceMemory": null, "privateMode": null}`,
		"members of a newer SDK":   `{"gyroscope": true, "battery": {"levels": [1, -2.5e3, "three", null, [], {"": {}}]}, "screen": {"orientation": "portrait"}, "automation": {"score": []}, "webgl": {"extensions": []}}`,
		"names in another case":    `{"Cores": "many", "TIMEZONE": 5}`,
		"a brace inside of a text": `{"later": "}]\"[[[[[[{{{{{{", "\u0063\u006f": 1}`,
	} {
		if got, err := risk.ParseSignals(json.RawMessage(text)); err != nil || !reflect.DeepEqual(got, risk.Signals{}) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if got := parse(t, `{"\u0063ores": 4, "timeZone": "Europe\/Z\u00fcrich"}`); got.Cores != 4 || got.TimeZone != "Europe/Zürich" {
		t.Errorf("escapes are read: got %+v", got)
	}
}

func TestSignalsRefuse(t *testing.T) {
	number := func(most string) string { return " must be a whole number from 0 to " + most }
	const text = " must be text of at most 128 bytes without control characters"
	for raw, want := range map[string]string{
		`[]`:                              "signals must be an object",
		`"x"`:                             "signals must be an object",
		`7`:                               "signals must be an object",
		`{"cores":`:                       "signals must be a JSON object in UTF-8",
		`{} {}`:                           "signals must be a JSON object in UTF-8",
		"{\"timeZone\": \"\xff\"}":        "signals must be a JSON object in UTF-8",
		`{"screen": {"width": "2560"}}`:   "signals.screen.width" + number("65535"),
		`{"screen": {"height": 65536}}`:   "signals.screen.height" + number("65535"),
		`{"screen": [2560, 1440]}`:        "signals.screen must be an object",
		`{"cores": -1}`:                   "signals.cores" + number("65535"),
		`{"cores": 1.5}`:                  "signals.cores" + number("65535"),
		`{"cores": 99999999999999999999}`: "signals.cores" + number("65535"),
		`{"colorDepth": 256}`:             "signals.colorDepth" + number("255"),
		`{"maxTouchPoints": true}`:        "signals.maxTouchPoints" + number("65535"),
		`{"pixelRatio": "2"}`:             "signals.pixelRatio must be a number from 0 to 100",
		`{"pixelRatio": -0.5}`:            "signals.pixelRatio must be a number from 0 to 100",
		`{"pixelRatio": 1e3}`:             "signals.pixelRatio must be a number from 0 to 100",
		`{"deviceMemory": 1e999}`:         "signals.deviceMemory must be a number from 0 to 65535",
		`{"webgl": "Mali"}`:               "signals.webgl must be an object",
		`{"webgl": {"renderer": 1}}`:      "signals.webgl.renderer must be text of at most 256 bytes without control characters",
		`{"privateMode": 1}`:              "signals.privateMode must be true or false",
		`{"storagePersisted": "yes"}`:     "signals.storagePersisted must be true or false",
		`{"emulator": 0}`:                 "signals.emulator must be true or false",
		`{"automation": {"headless": 1}}`: "signals.automation.headless must be true or false",
		`{"automation": {"marks": "x"}}`:  "signals.automation.marks must be a list",
		`{"timeZone": 1}`:                 "signals.timeZone" + text,
		`{"timeZone": "a\u0000b"}`:        "signals.timeZone" + text,
		`{"osName": "a\u0085b"}`:          "signals.osName" + text,
		`{"appName": "` + strings.Repeat("é", 65) + `"}`:                      "signals.appName" + text,
		`{"languages": "en"}`:                                                 "signals.languages must be a list",
		`{"languages": ["en", 5]}`:                                            "signals.languages" + text,
		`{"plugins": [` + strings.Repeat(`"p",`, 64) + `"p"]}`:                "signals.plugins must have at most 64 items",
		`{"automation": {"marks": [` + strings.Repeat(`"m",`, 16) + `"m"]}}`:  "signals.automation.marks must have at most 16 items",
		`{"webgl": {"vendor": "` + strings.Repeat("x", 257) + `"}}`:           "signals.webgl.vendor must be text of at most 256 bytes without control characters",
		`{"jailbroken": "no"}`:                                                "signals.jailbroken must be true or false",
		`{"automation": {"webdriver": 1}}`:                                    "signals.automation.webdriver must be true or false",
		`{"clientHints": {"brands": ["Brave"]}}`:                              "signals.clientHints.brands must be an object",
		`{"clientHints": {"brands": [{"brand": 1}]}}`:                         "signals.clientHints.brands.brand" + text,
		`{"clientHints": {"fullVersionList": {}}}`:                            "signals.clientHints.fullVersionList must be a list",
		`{"clientHints": {"mobile": "?1"}}`:                                   "signals.clientHints.mobile must be true or false",
		`{"cores": 4, "cores": 4}`:                                            `signals must have each member once, but "cores" appears twice`,
		`{"cores": 4, "\u0063ores": 8}`:                                       `signals must have each member once, but "cores" appears twice`,
		`{"screen": {"x": 1, "x": 2}}`:                                        `signals.screen must have each member once, but "x" appears twice`,
		`{"newer": {"deep": [{"x": 1, "x": 2}]}}`:                             `signals must have each member once, but "x" appears twice`,
		`{"newer": [[[[[]]]]]}`:                                               "signals must be nested at most 5 levels deep",
		`{"newer": "` + strings.Repeat("x", 8<<10) + `"}`:                     "signals must be at most 8192 bytes",
		`{"a":` + strings.Repeat(`[`, 4000) + strings.Repeat(`]`, 4000) + `}`: "signals must be nested at most 5 levels deep",
	} {
		got, err := risk.ParseSignals(json.RawMessage(raw))
		if err == nil || err.Error() != want {
			t.Errorf("%.60s\n got %v\nwant %s", raw, err, want)
		}
		if !reflect.DeepEqual(got, risk.Signals{}) {
			t.Errorf("%.60s: refused signals came back: %+v", raw, got)
		}
	}
}

func TestOneObjectHoldsAtMost64Members(t *testing.T) {
	members := make(map[string]int)
	for i := range 64 {
		members[strings.Repeat("m", i+1)] = i
	}
	fits, _ := json.Marshal(members)
	parse(t, string(fits))

	members["one more"] = 1
	full, _ := json.Marshal(members)
	if _, err := risk.ParseSignals(full); err == nil || err.Error() != "signals must have at most 64 members" {
		t.Errorf("got %v", err)
	}
}
