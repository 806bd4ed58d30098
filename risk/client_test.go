package risk_test

import (
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

func TestSignalsRefineWhatTheConnectionShows(t *testing.T) {
	const hinted = `{"clientHints": {"platform": "Windows", "platformVersion": "15.0.0", "fullVersionList": [{"brand": "Google Chrome", "version": "136.0.7103.114"}]}}`
	for _, c := range []struct {
		name, ua, signals string
		want              look
	}{
		{
			"versions, as in the record that others keep", mac + "AppleWebKit/537.36", webSignals,
			look{"Chrome on macOS", "desktop", "web", "macOS 14.2", "Chrome 121.0.6167.184"},
		},
		{
			"Windows 11", chromeWindows, hinted,
			look{"Chrome on Windows", "desktop", "web", "Windows 11", "Chrome 136.0.7103.114"},
		},
		{
			"but not of another browser", chromeWindows + " Edg/136.0.0.0", hinted,
			look{"Edge on Windows", "desktop", "web", "Windows 11", "Edge 136"},
		},
		{
			"the brand, where no header gave one", chromeMac, `{"clientHints": {"platform": "macOS", "brands": [{"brand": "Brave", "version": "121"}]}}`,
			look{"Brave on macOS", "desktop", "web", "macOS", "Brave 121"},
		},
		{
			"nothing that contradicts the connection", chromeMac, hinted,
			look{"Chrome on macOS", "desktop", "web", "macOS", "Chrome 121"},
		},
		{
			"a phone's model", chromeAndroid, `{"clientHints": {"platform": "Android", "platformVersion": "14.0.0", "model": "Pixel 8", "mobile": true}}`,
			look{"Chrome on Pixel 8", "mobile", "web", "Android 14", "Chrome 131"},
		},
		{
			"an iPad that asks for desktop sites", mac + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15", `{"maxTouchPoints": 5}`,
			look{"Safari on iPad", "tablet", "web", "iPadOS", "Safari 17.2"},
		},
		{
			"a Windows laptop with a touch screen stays one", chromeWindows, `{"maxTouchPoints": 10}`,
			look{"Chrome on Windows", "desktop", "web", "Windows", "Chrome 136"},
		},
		{
			"an app's phone", "MyApp/2.5.0 (iPhone; iOS 17.3)", `{"deviceModel": "iPhone 15"}`,
			look{"MyApp on iPhone 15", "mobile", "ios", "iOS 17.3", ""},
		},
		{
			"an app's phone by Apple's identifier", "MyApp/2.5.0 (iPhone; iOS 17.3)", appSignals,
			look{"MyApp on iPhone", "mobile", "ios", "iOS 17.3", ""},
		},
		{
			"what Apple's HTTP client keeps to itself", "MyApp/1 CFNetwork/1490.0.4 Darwin/23.2.0", appSignals,
			look{"MyApp on iPhone", "mobile", "ios", "iOS 17.3", ""},
		},
		{
			"an iPad behind it", "MyApp/1 CFNetwork/1490.0.4 Darwin/23.2.0", `{"deviceModel": "iPad13,1", "osName": "iPadOS"}`,
			look{"MyApp on iPad", "tablet", "ios", "iPadOS", ""},
		},
		{
			"an app behind a library", "okhttp/4.12.0", `{"appName": "MyBank", "osName": "Android", "osVersion": "14", "deviceModel": "Pixel 8"}`,
			look{"MyBank on Pixel 8", "mobile", "android", "Android 14", ""},
		},
		{
			"an app on a watch", "okhttp/4.12.0", `{"appName": "MyBank", "osName": "Wear OS"}`,
			look{"MyBank on Wear OS", "wearable", "android", "Wear OS", ""},
		},
		{
			"an app on Apple's watch", "", `{"appName": "MyBank", "osName": "watchOS", "deviceModel": "Watch6,2"}`,
			look{"MyBank on watchOS", "wearable", "other", "watchOS", ""},
		},
		{
			"an app on a television", "", `{"appName": "MyFilms", "osName": "tvOS"}`,
			look{"MyFilms on tvOS", "smart_tv", "other", "tvOS", ""},
		},
		{
			"an app on an iPad", "", `{"appName": "MyBank", "osName": "iPadOS", "osVersion": "17.0", "deviceModel": "iPad13,1"}`,
			look{"MyBank on iPad", "tablet", "ios", "iPadOS 17", ""},
		},
		{
			"an app whose connection is unknown", "", appSignals,
			look{"MyApp on iPhone", "mobile", "ios", "iOS 17.3", ""},
		},
		{
			"a browser whose connection is unknown", "", webSignals,
			look{"Chrome on macOS", "browser", "web", "macOS 14.2", "Chrome 121.0.6167.184"},
		},
		{
			"a phone's browser whose connection is unknown", "", `{"clientHints": {"platform": "Android", "mobile": true, "brands": [{"brand": "Google Chrome", "version": "121"}]}}`,
			look{"Chrome on Android", "mobile", "web", "Android", "Chrome 121"},
		},
	} {
		conn := risk.Connection{UserAgent: c.ua}
		if got := lookOf(risk.ParseClient(conn, parse(t, c.signals))); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// Limits may differ by device type, so a phone gains from passing for a
// computer. Its signals alone must not get it there.
func TestSignalsNeverMakeAComputer(t *testing.T) {
	lies := []string{
		webSignals,
		`{"clientHints": {"platform": "Windows", "platformVersion": "15.0.0", "mobile": false, "brands": [{"brand": "Google Chrome", "version": "121"}]}}`,
		`{"osName": "macOS", "osVersion": "14.2", "deviceModel": "Mac14,2"}`,
		`{"osName": "Windows", "deviceModel": "Surface"}`,
	}
	for _, ua := range []string{
		"",
		chromeAndroid,
		iPhone + "Version/17.3 Mobile/15E148 Safari/604.1",
		iPad + "Version/17.3 Mobile/15E148 Safari/604.1",
		"MyApp/2.5.0 (iPhone; iOS 17.3)",
		"SenPlayer/6.1.2 CFNetwork/1490.0.4 Darwin/23.2.0",
		"okhttp/4.12.0",
		"Mozilla/5.0",
	} {
		for _, lie := range lies {
			c := risk.ParseClient(risk.Connection{UserAgent: ua}, parse(t, lie))
			if c.DeviceType == "desktop" {
				t.Errorf("%q with %s passes for a %s", ua, lie, c.DeviceType)
			}
		}
	}
}

func TestLanguageIsTheFirstOne(t *testing.T) {
	spoken := risk.Signals{Languages: []string{"fr-CH", "fr"}}
	for accept, want := range map[string]string{
		"en-US,en;q=0.9":        "en-US",
		" de;q=0.8, en":         "de",
		"":                      "fr-CH",
		"<script>":              "fr-CH",
		strings.Repeat("a", 36): "fr-CH",
	} {
		if got := risk.ParseClient(risk.Connection{AcceptLanguage: accept}, spoken).Language; got != want {
			t.Errorf("%q: got %q, want %q", accept, got, want)
		}
	}
}

func TestUserAgentIsMadeFitToKeep(t *testing.T) {
	for ua, want := range map[string]string{
		" curl/8.4.0\r\n":                    "curl/8.4.0",
		"My\x00App/1\x7f\u0085":              "MyApp/1",
		"My\u202eppA/1\u200b":                "MyppA/1",
		"Caf\u00e9/1 \xff\xfe":               "Caf\u00e9/1",
		strings.Repeat("a", 5000):            strings.Repeat("a", 1024),
		strings.Repeat("a", 1023) + "\u00e9": strings.Repeat("a", 1023),
	} {
		if got := risk.ParseClient(risk.Connection{UserAgent: ua}, risk.Signals{}).UserAgent; got != want {
			t.Errorf("%.40q: got %.40q, want %.40q", ua, got, want)
		}
	}
}
