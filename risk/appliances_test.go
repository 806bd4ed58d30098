package risk_test

import (
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

func TestTelevisionsAndWatchesAreNoComputers(t *testing.T) {
	check(t, map[string]look{
		"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) " + blink + "76.0.3809.146/6.0 TV Safari/537.36":                                  {"Samsung TV", "smart_tv", "web", "Tizen 6", ""},
		"Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.0) " + blink + "Version/5.0 TV Safari/537.36":                                        {"Safari on Samsung TV", "smart_tv", "web", "Tizen 5", "Safari 5"},
		"Mozilla/5.0 (Web0S; Linux/SmartTV) " + blink + "Chrome/87.0.4280.88 Safari/537.36 WebAppManager":                           {"Chrome on LG TV", "smart_tv", "web", "webOS", "Chrome 87.0.4280.88"},
		"Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7233; wv) " + blink + "Version/4.0 Chrome/70.0.3538.110 Mobile Safari/537.36": {"WebView on Fire TV", "smart_tv", "web", "Android 9", "WebView 70.0.3538.110"},
		"Mozilla/5.0 (Linux; Android 10; BRAVIA 4K UR2) " + blink + "Chrome/119.0.6045.193 Safari/537.36":                           {"Chrome on Sony TV", "smart_tv", "web", "Android 10", "Chrome 119.0.6045.193"},
		"Mozilla/5.0 (X11; Linux x86_64) " + blink + "Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000":                         {"Chrome on Chromecast", "smart_tv", "web", "Linux", "Chrome 90.0.4430.225"},
		"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15":       {"Safari on PlayStation", "smart_tv", "web", "PlayStation", "Safari 13"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) " + blink + "Chrome/48.0.2564.82 Safari/537.36 Edge/20.02":       {"Edge on Xbox", "smart_tv", "web", "Windows", "Edge 20.02"},
		"Mozilla/5.0 (Apple TV; CPU iPhone OS 9_0 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Mobile/13T534YI":          {"WebView on Apple TV", "smart_tv", "web", "tvOS 9", "WebView"},
		"AppleTV11,1/11.1":                                       {"Apple TV", "smart_tv", "other", "tvOS 11.1", ""},
		"MyFilms/3.2 (Apple TV; tvOS 17.2)":                      {"MyFilms on Apple TV", "smart_tv", "other", "tvOS 17.2", ""},
		"Roku/DVP-14.5 (14.5.0.4126-46)":                         {"Roku", "smart_tv", "other", "Roku OS 14.5", ""},
		"Wallet/8.0 watchOS/10.0":                                {"Wallet on Apple Watch", "wearable", "other", "watchOS 10", ""},
		"Podcasts/4025.400.1 CFNetwork/3860.400.51 watchOS/10.0": {"Podcasts on Apple Watch", "wearable", "other", "watchOS 10", ""},
		"Mozilla/5.0 (Linux; Android Wear OS; BusTop)":           {"Wear OS watch", "wearable", "web", "Wear OS", ""},
		"Mozilla/5.0 (Linux; Tizen 2.3.1; SAMSUNG SM-R765V) AppleWebKit/537.3 (KHTML, like Gecko) Version/2.3 Mobile Safari/537.3": {"Safari on Galaxy Watch", "wearable", "web", "Tizen 2.3.1", "Safari 2.3"},
	})
}

func TestNativeAppIsNamedByItself(t *testing.T) {
	check(t, map[string]look{
		"MyApp/2.5.0 (iPhone; iOS 17.3)":                                         {"MyApp on iPhone", "mobile", "ios", "iOS 17.3", ""},
		"MyApp/2.5.0 (iPad; iPadOS 17.3)":                                        {"MyApp on iPad", "tablet", "ios", "iPadOS 17.3", ""},
		"SenPlayer/6.1.2 CFNetwork/1490.0.4 Darwin/23.2.0":                       {"SenPlayer on iOS", "mobile", "ios", "iOS", ""},
		"Volvo%20Cars/5.35.1.13 CFNetwork/1490.0.4 Darwin/23.2.0":                {"Volvo Cars on iOS", "mobile", "ios", "iOS", ""},
		"NetworkingExtension/1 Network/5812.121.1 iOS/26.5":                      {"NetworkingExtension on iOS", "mobile", "ios", "iOS 26.5", ""},
		"MyApp/1 CFNetwork/1128.0.1 Darwin/19.6.0 (x86_64)":                      {"MyApp on macOS", "desktop", "other", "macOS", ""},
		"MyApp/1.0 (Macintosh; macOS 14.2)":                                      {"MyApp on macOS", "desktop", "other", "macOS 14.2", ""},
		"MyApp/1.0 (Windows NT 10.0; Win64; x64)":                                {"MyApp on Windows", "desktop", "other", "Windows", ""},
		"My Bank 3.1 (Android 14; Pixel 8)":                                      {"My Bank on Pixel 8", "mobile", "android", "Android 14", ""},
		"MyBank/3.1 (Android 14; Pixel 8)":                                       {"MyBank on Pixel 8", "mobile", "android", "Android 14", ""},
		"Myapp/1 Dalvik/2.1.0 (Linux; U; Android 6.0.1; vivo 1610 Build/MMB29M)": {"Myapp on vivo 1610", "mobile", "android", "Android 6.0.1", ""},
		"Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A.240105.004)":     {"Pixel 8", "mobile", "android", "Android 14", ""},
		"Dalvik/2.1.0 (Linux; U; Android 14)":                                    {"Android device", "mobile", "android", "Android 14", ""},
	})
}

func TestProgramIsAnAPIClient(t *testing.T) {
	for ua, name := range map[string]string{
		"curl/8.4.0":                             "curl",
		"Go-http-client/1.1":                     "Go-http-client",
		"okhttp/4.12.0":                          "okhttp",
		"python-requests/2.31.0":                 "python-requests",
		"PostmanRuntime/7.36.1":                  "PostmanRuntime",
		"Wget/1.21.4 (linux-gnu)":                "Wget",
		"Apache-HttpClient/4.5.14 (Java/17.0.9)": "Apache-HttpClient",
		"some random string":                     "some random string",
		"Mozilla/5.0 (Windows NT; Windows NT 10.0; en-GB) WindowsPowerShell/5.1.22621.2506": "WindowsPowerShell",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":          "Googlebot",
		"":         "Unknown device",
		")(":       "Unknown device",
		"7.1":      "Unknown device",
		"1/2 (3)":  "Unknown device",
		"\x00\xff": "Unknown device",
	} {
		want := look{name: name, deviceType: "api_client", platform: "other"}
		if got := lookOf(risk.ParseClient(risk.Connection{UserAgent: ua}, risk.Signals{})); got != want {
			t.Errorf("%q\n got %+v\nwant %+v", ua, got, want)
		}
	}
}

func TestAutomationIsSeen(t *testing.T) {
	driven := risk.Signals{Automation: risk.Automation{WebDriver: true}}
	for _, c := range []struct {
		name    string
		conn    risk.Connection
		signals risk.Signals
		want    bool
	}{
		{"a person's browser", risk.Connection{UserAgent: chromeMac}, risk.Signals{}, false},
		{"a program", risk.Connection{UserAgent: "curl/8.4.0"}, risk.Signals{}, false},
		{"a crawler", risk.Connection{UserAgent: "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}, risk.Signals{}, true},
		{"a headless browser", risk.Connection{UserAgent: "Mozilla/5.0 (X11; Linux x86_64) " + blink + "HeadlessChrome/120.0.6099.109 Safari/537.36"}, risk.Signals{}, true},
		{"one with its User-Agent replaced", risk.Connection{UserAgent: chromeMac, Hints: risk.HintHeaders{Brands: `"HeadlessChrome";v="120", "Chromium";v="120"`}}, risk.Signals{}, true},
		{"one that WebDriver drives", risk.Connection{UserAgent: chromeMac}, driven, true},
	} {
		if got := risk.ParseClient(c.conn, c.signals).Automated; got != c.want {
			t.Errorf("%s: automated = %v, want %v", c.name, got, c.want)
		}
	}
}
