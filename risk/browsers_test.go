package risk_test

import (
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

// look is what a connection is expected to look like.
type look struct {
	name, deviceType, platform, system, browser string
}

func lookOf(c risk.Client) look {
	return look{c.Name, c.DeviceType, c.Platform, c.OperatingSystem, c.Browser}
}

const (
	mac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
	windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	iPad    = "Mozilla/5.0 (iPad; CPU OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	frozen  = "Mozilla/5.0 (Linux; Android 10; K) "
	blink   = "AppleWebKit/537.36 (KHTML, like Gecko) "
)

func TestBrowserIsReadFromItsUserAgent(t *testing.T) {
	check(t, map[string]look{
		// On computers. Versions of systems are frozen, so most are left out.
		windows + blink + "Chrome/121.0.0.0 Safari/537.36":                                                                        {"Chrome on Windows", "desktop", "web", "Windows", "Chrome 121"},
		windows + blink + "Chrome/91.0.4472.124 Safari/537.36":                                                                    {"Chrome on Windows", "desktop", "web", "Windows", "Chrome 91.0.4472.124"},
		windows + blink + "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0":                                                          {"Edge on Windows", "desktop", "web", "Windows", "Edge 120"},
		windows + blink + "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763":                                                      {"Edge on Windows", "desktop", "web", "Windows", "Edge 18.17763"},
		windows + blink + "Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0":                                                          {"Opera on Windows", "desktop", "web", "Windows", "Opera 106"},
		windows + blink + "Chrome/120.0.0.0 Safari/537.36 Vivaldi/6.5.3206.50":                                                    {"Vivaldi on Windows", "desktop", "web", "Windows", "Vivaldi 6.5.3206.50"},
		windows + blink + "Chrome/120.0.0.0 YaBrowser/24.1.0.0 Safari/537.36":                                                     {"Yandex Browser on Windows", "desktop", "web", "Windows", "Yandex Browser 24.1.0.0"},
		windows + blink + "Chrome/120.0.0.0 Whale/3.24.223.21 Safari/537.36":                                                      {"Whale on Windows", "desktop", "web", "Windows", "Whale 3.24.223.21"},
		windows + blink + "Chrome/120.0.0.0 Safari/537.36 Unheard/7.1":                                                            {"Chrome on Windows", "desktop", "web", "Windows", "Chrome 120"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0":                                        {"Firefox on Windows", "desktop", "web", "Windows", "Firefox 121"},
		"Mozilla/5.0 (Windows NT 6.3; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0":                                         {"Firefox on Windows", "desktop", "web", "Windows 8.1", "Firefox 115"},
		"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko":                                                    {"Internet Explorer on Windows", "desktop", "web", "Windows 7", "Internet Explorer 11"},
		"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)":                                                        {"Internet Explorer on Windows", "desktop", "web", "Windows 8", "Internet Explorer 10"},
		mac + blink + "Chrome/121.0.0.0 Safari/537.36":                                                                            {"Chrome on macOS", "desktop", "web", "macOS", "Chrome 121"},
		mac + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2.1 Safari/605.1.15":                                           {"Safari on macOS", "desktop", "web", "macOS", "Safari 17.2.1"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1.2 Safari/605.1.15": {"Safari on macOS", "desktop", "web", "macOS 10.14.6", "Safari 14.1.2"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0":                                    {"Firefox on macOS", "desktop", "web", "macOS", "Firefox 121"},
		mac + "AppleWebKit/537.36": {"macOS device", "desktop", "web", "macOS", ""},
		"Mozilla/5.0 (X11; Linux x86_64) " + blink + "Chrome/120.0.0.0 Safari/537.36":          {"Chrome on Linux", "desktop", "web", "Linux", "Chrome 120"},
		"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0":       {"Firefox on Linux", "desktop", "web", "Linux", "Firefox 121"},
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " + blink + "Chrome/121.0.0.0 Safari/537.36": {"Chrome on ChromeOS", "desktop", "web", "ChromeOS", "Chrome 121"},
		"Mozilla/5.0 (X11; FreeBSD amd64; rv:121.0) Gecko/20100101 Firefox/121.0":              {"Firefox on FreeBSD", "desktop", "web", "FreeBSD", "Firefox 121"},

		// On Apple's phones and tablets every browser is WebKit.
		iPhone + "Version/17.3 Mobile/15E148 Safari/604.1":                                                                                                {"Safari on iPhone", "mobile", "web", "iOS 17.3", "Safari 17.3"},
		iPhone + "CriOS/121.0.6167.66 Mobile/15E148 Safari/604.1":                                                                                         {"Chrome on iPhone", "mobile", "web", "iOS 17.3", "Chrome 121.0.6167.66"},
		iPhone + "FxiOS/121.0 Mobile/15E148 Safari/605.1.15":                                                                                              {"Firefox on iPhone", "mobile", "web", "iOS 17.3", "Firefox 121"},
		iPhone + "Version/17.0 EdgiOS/120.0.2210.150 Mobile/15E148 Safari/604.1":                                                                          {"Edge on iPhone", "mobile", "web", "iOS 17.3", "Edge 120.0.2210.150"},
		iPhone + "Version/17.3 Mobile/15E148 Safari/604.1 OPT/4.3.1":                                                                                      {"Opera on iPhone", "mobile", "web", "iOS 17.3", "Opera 4.3.1"},
		iPhone + "GSA/297.0.596893123 Mobile/15E148 Safari/604.1":                                                                                         {"Google app on iPhone", "mobile", "web", "iOS 17.3", "Google app 297.0.596893123"},
		iPhone + "Version/17.3 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15":                                                                                {"DuckDuckGo on iPhone", "mobile", "web", "iOS 17.3", "DuckDuckGo 7"},
		iPhone + "Mobile/15E148":                                                                                                                          {"WebView on iPhone", "mobile", "web", "iOS 17.3", "WebView"},
		iPhone + "Mobile/21D50 [FBAN/FBIOS;FBAV/445.0.0.26.108;FBBV/514120000;FBDV/iPhone14,5;FBMD/iPhone]":                                               {"Facebook on iPhone", "mobile", "web", "iOS 17.3", "Facebook 445.0.0.26.108"},
		iPhone + "Mobile/21D50 Instagram 301.0.0.27.107 (iPhone13,2; iOS 17_3; en_US; en)":                                                                {"Instagram on iPhone", "mobile", "web", "iOS 17.3", "Instagram 301.0.0.27.107"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0.1 Mobile/15E148 Safari/604.1":       {"Safari on iPhone", "mobile", "web", "iOS 26.0.1", "Safari 26.0.1"},
		"Mozilla/5.0 (iPhone14,3; U; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/602.1.50 (KHTML, like Gecko) Version/10.0 Mobile/19A346 Safari/602.1":  {"Safari on iPhone", "mobile", "web", "iOS 15", "Safari 10"},
		"Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1": {"Safari on iPod touch", "mobile", "web", "iOS 12.5.7", "Safari 12.1.2"},
		"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1":                  {"Safari on iPad", "tablet", "web", "iOS 12.5", "Safari 12.1"},
		iPad + "Version/17.3 Mobile/15E148 Safari/604.1":                                                                                                  {"Safari on iPad", "tablet", "web", "iPadOS 17.3", "Safari 17.3"},
		iPad + "CriOS/121.0.6167.66 Mobile/15E148 Safari/604.1":                                                                                           {"Chrome on iPad", "tablet", "web", "iPadOS 17.3", "Chrome 121.0.6167.66"},

		// On Android, where "Android 10; K" is frozen and a tablet is not "Mobile".
		frozen + blink + "Chrome/121.0.0.0 Mobile Safari/537.36":                                                                                                         {"Chrome on Android", "mobile", "web", "Android", "Chrome 121"},
		frozen + blink + "Chrome/121.0.0.0 Safari/537.36":                                                                                                                {"Chrome on Android", "tablet", "web", "Android", "Chrome 121"},
		frozen + blink + "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36":                                                                                     {"Samsung Internet on Android", "mobile", "web", "Android", "Samsung Internet 23"},
		frozen + blink + "Chrome/120.0.0.0 Mobile Safari/537.36 EdgA/120.0.0.0":                                                                                          {"Edge on Android", "mobile", "web", "Android", "Edge 120"},
		frozen + blink + "Chrome/120.0.0.0 Mobile Safari/537.36 OPR/79.0.0.0":                                                                                            {"Opera on Android", "mobile", "web", "Android", "Opera 79"},
		"Mozilla/5.0 (Linux; Android 13; Pixel 7) " + blink + "Chrome/116.0.0.0 Mobile Safari/537.36":                                                                    {"Chrome on Pixel 7", "mobile", "web", "Android 13", "Chrome 116"},
		"Mozilla/5.0 (Linux; Android 7.0; SAMSUNG SM-G955U Build/NRD90M) " + blink + "SamsungBrowser/5.4 Chrome/51.0.2704.106 Mobile Safari/537.36":                      {"Samsung Internet on SM-G955U", "mobile", "web", "Android 7", "Samsung Internet 5.4"},
		"Mozilla/5.0 (Linux; Android 14; SM-F731N Build/UP1A.231005.007; wv) " + blink + "Version/4.0 Chrome/131.0.6778.104 Mobile Safari/537.36":                        {"WebView on SM-F731N", "mobile", "web", "Android 14", "WebView 131.0.6778.104"},
		"Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) " + blink + "Version/4.0 Chrome/120.0.6099.144 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/445.0.0.34.118;]": {"Facebook on Pixel 7", "mobile", "web", "Android 13", "Facebook 445.0.0.34.118"},
		"Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0":                                                                                           {"Firefox on Android", "mobile", "web", "Android 14", "Firefox 121"},
		"Mozilla/5.0 (Android 13; Tablet; rv:109.0) Gecko/121.0 Firefox/121.0":                                                                                           {"Firefox on Android", "tablet", "web", "Android 13", "Firefox 121"},
		"Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; SCH-I535 Build/KOT49H) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30":                    {"Android Browser on SCH-I535", "mobile", "web", "Android 4.4.2", "Android Browser 4"},
		"Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16":                                                                        {"Opera Mini on Android", "mobile", "web", "Android", "Opera Mini 36.2.2254"},
		"Mozilla/5.0 (Linux; Android 9; KFMAWI) " + blink + "Silk/120.1.5 like Chrome/120.0.6099.43 Safari/537.36":                                                       {"Silk on KFMAWI", "tablet", "web", "Android 9", "Silk 120.1.5"},
		"Mozilla/5.0 (Linux; Android 12; Quest 3) " + blink + "OculusBrowser/31.1.0.7 Chrome/120.0.6099.216 VR Safari/537.36":                                            {"Meta Quest Browser on Quest 3", "tablet", "web", "Android 12", "Meta Quest Browser 31.1.0.7"},

		// On other phones, and on nothing that is known.
		"Mozilla/5.0 (Phone; OpenHarmony 5.0) " + blink + "Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile":                                     {"Chrome on HarmonyOS", "mobile", "web", "HarmonyOS 5", "Chrome 114"},
		"Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5":                                                             {"Firefox on KaiOS", "mobile", "web", "KaiOS 2.5", "Firefox 48"},
		"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) " + blink + "Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063": {"Edge on Windows Phone", "mobile", "web", "Windows Phone 10", "Edge 15.15063"},
		"Mozilla/5.0 (Plan9) Firefox/121.0": {"Firefox", "browser", "web", "", "Firefox 121"},
		"Mozilla/5.0":                       {"Unknown device", "browser", "web", "", ""},
	})
}

func check(t *testing.T, rules map[string]look) {
	t.Helper()
	for ua, want := range rules {
		if got := lookOf(risk.ParseClient(risk.Connection{UserAgent: ua}, risk.Signals{})); got != want {
			t.Errorf("%s\n got %+v\nwant %+v", ua, got, want)
		}
	}
}
