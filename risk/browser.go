package risk

import "strings"

// browser is a browser's family and version; the zero value is none.
type browser struct {
	family  string
	version string
}

func (b browser) String() string { return joined(b.family, b.version) }

const (
	chrome   = "Chrome"
	chromium = "Chromium"
	webView  = "WebView"
)

// brandFamilies are the brands that are believed in a brand list; the higher
// rank wins, since every list also names the engine.
var brandFamilies = map[string]struct {
	family string
	rank   int
}{
	"Chromium":                {chromium, 1},
	"Android WebView":         {webView, 2},
	"Google Chrome":           {chrome, 2},
	"HeadlessChrome":          {chrome, 2},
	"Brave":                   {"Brave", 3},
	"DuckDuckGo":              {"DuckDuckGo", 3},
	"HuaweiBrowser":           {"Huawei Browser", 3},
	"Microsoft Edge":          {"Edge", 3},
	"Miui Browser":            {"Miui Browser", 3},
	"NAVER Whale":             {"Whale", 3},
	"Opera":                   {"Opera", 3},
	"Opera GX":                {"Opera", 3},
	"Opera Mini Android":      {"Opera Mini", 3},
	"OperaMobile":             {"Opera", 3},
	"Samsung Internet":        {"Samsung Internet", 3},
	"Vivaldi":                 {"Vivaldi", 3},
	"Whale":                   {"Whale", 3},
	"YaBrowser":               {"Yandex Browser", 3},
	"Yandex":                  {"Yandex Browser", 3},
	"Microsoft Edge WebView2": {"Edge WebView2", 4},
}

// specific is the rank from which a brand names a product, not an engine.
const specific = 3

// agentFamilies are the browsers that are believed in a User-Agent string,
// by the name that the parser gives them. Chromium derivatives also append
// names of their own; such a name is no browser unless it stands here.
var agentFamilies = map[string]string{
	"Android browser":   "Android Browser",
	"Chrome":            chrome,
	"Edge":              "Edge",
	"Facebook App":      "Facebook",
	"Firefox":           "Firefox",
	"Headless Chrome":   chrome,
	"Huawei Browser":    "Huawei Browser",
	"Instagram App":     "Instagram",
	"Internet Explorer": "Internet Explorer",
	"Miui Browser":      "Miui Browser",
	"Opera":             "Opera",
	"Opera Touch":       "Opera",
	"Samsung Browser":   "Samsung Internet",
	"TikTok App":        "TikTok",
	"Vivaldi":           "Vivaldi",
	"Whale":             "Whale",
}

// overlooked are browsers that the parser takes for others or whose version
// it misses, by the mark before that version.
var overlooked = []struct{ mark, family string }{
	{"Brave/", "Brave"},
	{"Ddg/", "DuckDuckGo"},
	{"DuckDuckGo/", "DuckDuckGo"},
	{"FBAV/", "Facebook"},
	{"GSA/", "Google app"},
	{"MicroMessenger/", "WeChat"},
	{"OculusBrowser/", "Meta Quest Browser"},
	{"Opera Mini/", "Opera Mini"},
	{"Silk/", "Silk"},
	{"UCBrowser/", "UC Browser"},
	{"YaBrowser/", "Yandex Browser"},
}

// agentBrowser works out the browser from a browser's User-Agent string and
// what the parser made of it.
func agentBrowser(ua, name, number string) browser {
	for _, b := range overlooked {
		if strings.Contains(ua, b.mark) {
			return browser{b.family, shown(versionAfter(ua, b.mark))}
		}
	}
	family := agentFamilies[name]
	switch {
	case family != "" && family != chrome:
		return browser{family, shown(version(number))}
	case strings.Contains(ua, "; wv)"):
		return browser{webView, shown(versionAfter(ua, "Chrome/"))}
	case strings.Contains(ua, "Chrome/"):
		return browser{chrome, shown(versionAfter(ua, "Chrome/"))}
	case family == chrome:
		return browser{chrome, shown(version(number))}
	case strings.Contains(ua, "Trident/"):
		return browser{"Internet Explorer", shown(versionAfter(ua, "rv:"))}
	case strings.Contains(ua, "Safari/") && strings.Contains(ua, "Version/"):
		return browser{"Safari", shown(versionAfter(ua, "Version/"))}
	case strings.Contains(ua, "AppleWebKit/") && strings.Contains(ua, "Mobile/"):
		return browser{family: webView} // of an iOS app: it tells no version
	}
	return browser{}
}

// shown cuts a version that has been frozen, 121.0.0.0, to what it tells.
func shown(v string) string {
	if first, _, _ := strings.Cut(v, "."); withoutZeros(v) == first {
		return first
	}
	return v
}

// bestBrand returns the family that a brand list names, and its rank; 0 when
// it names none that is known.
func bestBrand(lists ...[]Brand) (family string, rank int) {
	for _, list := range lists {
		for _, b := range list {
			if known := brandFamilies[b.Name]; known.rank > rank {
				family, rank = known.family, known.rank
			}
		}
	}
	return family, rank
}

// brandVersion returns the version that a list gives a family.
func brandVersion(list []Brand, family string) string {
	for _, b := range list {
		if brandFamilies[b.Name].family == family {
			return shown(version(b.Version))
		}
	}
	return ""
}

// adopt takes the family that the brands name, unless the User-Agent string
// is more precise, and the most exact version there is.
func (b *browser) adopt(h ClientHints) {
	family, rank := bestBrand(h.Brands, h.FullVersionList)
	engine := b.family == "" || b.family == chrome || b.family == chromium
	if rank >= specific || rank > 0 && engine {
		if family != b.family {
			*b = browser{family, brandVersion(h.Brands, family)}
		}
	}
	b.refine(h)
}

// refine takes the full version, where the brands name this same family.
func (b *browser) refine(h ClientHints) {
	if full := brandVersion(h.FullVersionList, b.family); full != "" && b.family != "" {
		b.version = full
	}
}
