package risk_test

import (
	"net/http"
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

const (
	chromeMac     = mac + blink + "Chrome/121.0.0.0 Safari/537.36"
	chromeWindows = windows + blink + "Chrome/136.0.0.0 Safari/537.36"
	chromeAndroid = frozen + blink + "Chrome/131.0.0.0 Mobile Safari/537.36"
)

func TestClientHintsSayWhatTheUserAgentHides(t *testing.T) {
	for _, c := range []struct {
		name  string
		ua    string
		hints risk.HintHeaders
		want  look
	}{
		{
			"macOS has its version, Chrome its full one", chromeMac,
			risk.HintHeaders{
				FullVersionList: `"Not A(Brand";v="99.0.0.0", "Google Chrome";v="121.0.6167.184", "Chromium";v="121.0.6167.184"`,
				Platform:        `"macOS"`, PlatformVersion: `"14.2.0"`, Mobile: "?0",
			},
			look{"Chrome on macOS", "desktop", "web", "macOS 14.2", "Chrome 121.0.6167.184"},
		},
		{
			"platform version 13 and above is Windows 11", chromeWindows,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"13.0.0"`},
			look{"Chrome on Windows", "desktop", "web", "Windows 11", "Chrome 136"},
		},
		{
			"so is 19", chromeWindows,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"19.0.0"`},
			look{"Chrome on Windows", "desktop", "web", "Windows 11", "Chrome 136"},
		},
		{
			"up to 12 is Windows 10", chromeWindows,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"10.0.0"`},
			look{"Chrome on Windows", "desktop", "web", "Windows 10", "Chrome 136"},
		},
		{
			"0.3 is Windows 8.1", chromeWindows,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"0.3.0"`},
			look{"Chrome on Windows", "desktop", "web", "Windows 8.1", "Chrome 136"},
		},
		{
			"0.1 is Windows 7", chromeWindows,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"0.1.0"`},
			look{"Chrome on Windows", "desktop", "web", "Windows 7", "Chrome 136"},
		},
		{
			"Android has its version and model", chromeAndroid,
			risk.HintHeaders{Platform: `"Android"`, PlatformVersion: `"14.0.0"`, Model: `"Pixel 8"`, Mobile: "?1"},
			look{"Chrome on Pixel 8", "mobile", "web", "Android 14", "Chrome 131"},
		},
		{
			"Edge has its own version, not Chromium's", chromeWindows + " Edg/136.0.0.0",
			risk.HintHeaders{FullVersionList: `"Chromium";v="136.0.7103.113", "Microsoft Edge";v="136.0.3240.92", "Not.A/Brand";v="99.0.0.0"`},
			look{"Edge on Windows", "desktop", "web", "Windows", "Edge 136.0.3240.92"},
		},
		{
			"Brave looks like Chrome but for its brand", chromeWindows,
			risk.HintHeaders{Brands: `"Chromium";v="136", "Brave";v="136", "Not.A/Brand";v="99"`},
			look{"Brave on Windows", "desktop", "web", "Windows", "Brave 136"},
		},
		{
			"Opera", chromeWindows + " OPR/119.0.0.0",
			risk.HintHeaders{FullVersionList: `"Opera";v="119.0.5497.40", "Not-A.Brand";v="8.0.0.0", "Chromium";v="134.0.6998.205"`},
			look{"Opera on Windows", "desktop", "web", "Windows", "Opera 119.0.5497.40"},
		},
		{
			"Samsung Internet", chromeAndroid,
			risk.HintHeaders{Brands: `"Chromium";v="136", "Samsung Internet";v="29.0", "Not.A/Brand";v="99"`, Platform: `"Android"`},
			look{"Samsung Internet on Android", "mobile", "web", "Android", "Samsung Internet 29"},
		},
		{
			"Vivaldi hides among Chrome's brands", chromeWindows + " Vivaldi/7.4.3684.38",
			risk.HintHeaders{Brands: `"Chromium";v="136", "Google Chrome";v="136", "Not.A/Brand";v="99"`},
			look{"Vivaldi on Windows", "desktop", "web", "Windows", "Vivaldi 7.4.3684.38"},
		},
		{
			"a plain Chromium is no Chrome", chromeWindows,
			risk.HintHeaders{Brands: `"Chromium";v="136", "Not.A/Brand";v="99"`},
			look{"Chromium on Windows", "desktop", "web", "Windows", "Chromium 136"},
		},
		{
			"WebView2 is more telling than Edge", chromeWindows + " Edg/136.0.0.0",
			risk.HintHeaders{Brands: `"Microsoft Edge";v="136", "Microsoft Edge WebView2";v="136", "Not.A/Brand";v="99", "Chromium";v="136"`},
			look{"Edge WebView2 on Windows", "desktop", "web", "Windows", "Edge WebView2 136"},
		},
		{
			"an Android WebView", "Mozilla/5.0 (Linux; Android 14; SM-F731N; wv) " + blink + "Version/4.0 Chrome/131.0.6778.104 Mobile Safari/537.36",
			risk.HintHeaders{Brands: `"Android WebView";v="131", "Chromium";v="131", "Not_A Brand";v="24"`, Mobile: "?1", Platform: `"Android"`},
			look{"WebView on SM-F731N", "mobile", "web", "Android 14", "WebView 131.0.6778.104"},
		},
		{
			"a mobile says so in one place: it is mobile", chromeWindows,
			risk.HintHeaders{Mobile: "?1"},
			look{"Chrome on Windows", "mobile", "web", "Windows", "Chrome 136"},
		},
		{
			"an Android tablet that asks for desktop sites", "Mozilla/5.0 (X11; Linux x86_64) " + blink + "Chrome/136.0.0.0 Safari/537.36",
			risk.HintHeaders{Platform: `"Android"`, Mobile: "?0"},
			look{"Chrome on Android", "tablet", "web", "Android", "Chrome 136"},
		},
		{
			"a phone does not become a computer", chromeAndroid,
			risk.HintHeaders{Platform: `"Windows"`, PlatformVersion: `"15.0.0"`, Mobile: "?0"},
			look{"Chrome on Android", "mobile", "web", "Android", "Chrome 131"},
		},
		{
			"a television stays one, whatever its engine hints", "Mozilla/5.0 (Web0S; Linux/SmartTV) " + blink + "Chrome/108.0.5359.211 Safari/537.36",
			risk.HintHeaders{Platform: `"Linux"`, Mobile: "?1"},
			look{"Chrome on LG TV", "smart_tv", "web", "webOS", "Chrome 108.0.5359.211"},
		},
		{
			"hints alone", "",
			risk.HintHeaders{Brands: `"Google Chrome";v="136"`, Platform: `"macOS"`, PlatformVersion: `"15.5.0"`},
			look{"Chrome on macOS", "desktop", "web", "macOS 15.5", "Chrome 136"},
		},
		{
			"a program stays one", "curl/8.4.0",
			risk.HintHeaders{Brands: `"Google Chrome";v="136"`, Platform: `"macOS"`},
			look{"curl", "api_client", "other", "", ""},
		},
	} {
		conn := risk.Connection{UserAgent: c.ua, Hints: c.hints}
		if got := lookOf(risk.ParseClient(conn, risk.Signals{})); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestInventedBrandsMeanNothing(t *testing.T) {
	want := look{"Chrome on macOS", "desktop", "web", "macOS", "Chrome 121"}
	for _, grease := range []string{
		`" Not A;Brand";v="99"`, `"Not?A_Brand";v="99"`, `"Not)A;Brand";v="24"`, `"(Not(A:Brand";v="8"`, `"Not/A)Brand";v="8"`, `"Zyx \"Best\" Browser";v="1"`,
	} {
		conn := risk.Connection{UserAgent: chromeMac, Hints: risk.HintHeaders{
			Brands: grease + `, "Google Chrome";v="121", "Chromium";v="121"`,
		}}
		if got := lookOf(risk.ParseClient(conn, risk.Signals{})); got != want {
			t.Errorf("%s: got %+v", grease, got)
		}
	}
}

func TestMalformedHintsCountAsMissing(t *testing.T) {
	want := lookOf(risk.ParseClient(risk.Connection{UserAgent: chromeMac}, risk.Signals{}))
	for _, junk := range []string{`"`, `Windows`, `?1`, `"Windows`, `"Brave";v=136;`, `("Brave" "Edge")`, `1.5`, `"Brave";v="6;6"x`, "\x00", `"é"`} {
		conn := risk.Connection{UserAgent: chromeMac, Hints: risk.HintHeaders{
			Brands: junk, FullVersionList: junk, Platform: junk, PlatformVersion: junk, Model: junk, Mobile: "yes",
		}}
		if got := lookOf(risk.ParseClient(conn, risk.Signals{})); got != want {
			t.Errorf("%q: got %+v, want %+v", junk, got, want)
		}
	}
}

func TestConnectionIsReadFromHeaders(t *testing.T) {
	header := http.Header{}
	for name, value := range map[string]string{
		"User-Agent":                  chromeAndroid,
		"Accept-Language":             "de-CH, de;q=0.9, en;q=0.5",
		"Sec-CH-UA":                   `"Brave";v="131"`,
		"Sec-CH-UA-Full-Version-List": `"Brave";v="131.0.1.2"`,
		"Sec-CH-UA-Mobile":            "?1",
		"Sec-CH-UA-Platform":          `"Android"`,
		"Sec-CH-UA-Platform-Version":  `"15.0.0"`,
		"Sec-CH-UA-Model":             `"Pixel 9"`,
	} {
		header.Set(name, value)
	}
	c := risk.ParseClient(risk.ConnectionOf(header.Get), risk.Signals{})
	want := look{"Brave on Pixel 9", "mobile", "web", "Android 15", "Brave 131.0.1.2"}
	if lookOf(c) != want || c.Language != "de-CH" || c.UserAgent != chromeAndroid {
		t.Errorf("got %+v", c)
	}
}
