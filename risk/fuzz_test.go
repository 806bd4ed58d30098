package risk_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon/risk"
)

func FuzzParseSignals(f *testing.F) {
	for _, seed := range []string{webSignals, appSignals, ``, `null`, `{"a": [[{"b": 1}]]}`, `{"cores": 4, "\u0063ores": 8}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := risk.ParseSignals(raw)
		if err != nil {
			if !reflect.DeepEqual(s, risk.Signals{}) || !fit(err.Error(), 500) {
				t.Fatalf("refused with %+v, %q", s, err)
			}
			return
		}
		for name, value := range s.Metadata() {
			if text, ok := value.(string); ok && !fit(text, 128) {
				t.Errorf("%s is %q", name, text)
			}
		}
		// Where it accepts, the standard library agrees on what stands there.
		var standard struct{ Cores int }
		if bytes.Contains(raw, []byte(`"cores"`)) && !bytes.Contains(bytes.ToLower(raw), []byte(`\u`)) &&
			bytes.Count(bytes.ToLower(raw), []byte(`"cores"`)) == 1 && json.Unmarshal(raw, &standard) == nil && standard.Cores != s.Cores {
			t.Errorf("cores: %d, encoding/json has %d", s.Cores, standard.Cores)
		}
	})
}

func FuzzParseClient(f *testing.F) {
	f.Add(chromeMac, "en-US", `"Google Chrome";v="121"`, `"macOS"`, `"14.2.0"`, "", webSignals)
	f.Add("MyApp/2.5.0 (iPhone; iOS 17.3)", "", "", "", "", "", appSignals)
	f.Add(chromeAndroid, "de", `"Android WebView";v="131"`, `"Android"`, `"14.0.0"`, `"Pixel 8"`, "")
	f.Add("Roku/DVP-14.5 (14.5)", "", "", "", "", "", "")
	f.Add("x[Android (;/", "", ",", `"`, "?", ";", "{}")
	types := []string{"desktop", "mobile", "tablet", "browser", "api_client", "smart_tv", "wearable"}
	platforms := []string{"web", "android", "ios", "other"}

	f.Fuzz(func(t *testing.T, ua, language, brands, platform, version, model, signals string) {
		conn := risk.Connection{UserAgent: ua, AcceptLanguage: language, Hints: risk.HintHeaders{
			Brands: brands, FullVersionList: brands, Platform: platform, PlatformVersion: version, Model: model,
		}}
		s, _ := risk.ParseSignals(json.RawMessage(signals))
		c := risk.ParseClient(conn, s)
		for _, text := range []string{c.Name, c.OperatingSystem, c.Browser, c.System, c.Agent, c.Language} {
			if !fit(text, 200) {
				t.Errorf("not fit to keep: %q in %+v", text, c)
			}
		}
		if c.Name == "" || !fit(c.UserAgent, 1024) || !slices.Contains(types, c.DeviceType) || !slices.Contains(platforms, c.Platform) {
			t.Errorf("got %+v", c)
		}
		if bare := risk.ParseClient(conn, risk.Signals{}); c.DeviceType == "desktop" && bare.DeviceType != "desktop" {
			t.Errorf("signals made a desktop of a %s", bare.DeviceType)
		}
		if got := risk.FingerprintV1(pepper, c, s); len(got) != 46 {
			t.Errorf("fingerprint %q", got)
		}
	})
}

func fit(text string, limit int) bool {
	return len(text) <= limit && utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}
