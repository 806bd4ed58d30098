package risk_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon/risk"
)

func FuzzParseSignals(f *testing.F) {
	for _, seed := range []string{webSignals, appSignals, ``, `null`, `{"a": [[{"b": 1}]]}`, `{"pixelRatio": 1.5e0, "deviceMemory": 0.25, "automation": {"marks": ["a", null]}}`, `{"cores": 4, "\u0063ores": 8}`} {
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

// traitsForm is the promise of FingerprintV2.
var traitsForm = regexp.MustCompile(`^(v2(,[a-z]{2}:[A-Za-z0-9_-]{8}){1,33})?$`)

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
		fingerprint, traits := risk.FingerprintV2(pepper, c, s)
		if len(fingerprint) != 46 || !traitsForm.MatchString(traits) {
			t.Errorf("fingerprint %q, traits %q", fingerprint, traits)
		}
		if share, changed := risk.Drift(traits, traits); share != 0 || changed != nil {
			t.Errorf("traits differ from themselves: %v, %q", share, changed)
		}
	})
}

func FuzzDrift(f *testing.F) {
	f.Add("v2,os:avz23AXh,br:419DN7-D", "v2,os:ZzwAzCc-")
	f.Add("v2,", "v2,os:,:")
	f.Fuzz(func(t *testing.T, before, now string) {
		share, changed := risk.Drift(before, now)
		if share < 0 || share > 1 || (share > 0) != (len(changed) > 0) {
			t.Errorf("%v of %q", share, changed)
		}
		learned := risk.Learn(before, now)
		if share, changed := risk.Drift(learned, now); share != 0 {
			t.Errorf("after %q was learned, %v of %q", now, share, changed)
		}
	})
}

func fit(text string, limit int) bool {
	return len(text) <= limit && utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}
