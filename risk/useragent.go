package risk

import (
	"net/url"
	"strings"

	"github.com/mileusna/useragent"
)

// Bounds on what is read from a User-Agent string and shown of it.
const (
	maxUserAgent = 1 << 10
	maxName      = 64
)

// Device types, the values of the record's deviceType.
const (
	desktop   = "desktop"
	mobile    = "mobile"
	tablet    = "tablet"
	anyWeb    = "browser"
	apiClient = "api_client"
	smartTV   = "smart_tv"
	wearable  = "wearable"
)

// sighting is what has been seen of a client so far; any field may be empty.
type sighting struct {
	kind      string // device type
	web       bool   // runs in a browser or web view
	system    system
	browser   browser
	app       string // a native app or a program
	hardware  string // what people call the device: "iPhone", "Pixel 8"
	automated bool
}

// appliances are known by a mark in the User-Agent string. The first that is
// found counts; an empty family leaves what the string says otherwise.
var appliances = []struct{ mark, hardware, kind, family string }{
	{"watchOS", "Apple Watch", wearable, watchOS},
	{"Apple Watch", "Apple Watch", wearable, watchOS},
	{"Wear OS", "Wear OS watch", wearable, wearOS},
	{"Android Wear", "Wear OS watch", wearable, wearOS},
	{"SAMSUNG SM-R", "Galaxy Watch", wearable, "Tizen"},
	{"AppleTV", "Apple TV", smartTV, tvOS},
	{"Apple TV", "Apple TV", smartTV, tvOS},
	{"tvOS", "Apple TV", smartTV, tvOS},
	{"Roku/", "Roku", smartTV, "Roku OS"},
	{"Web0S", "LG TV", smartTV, "webOS"},
	{"NetCast", "LG TV", smartTV, ""},
	{"SMART-TV", "Samsung TV", smartTV, "Tizen"},
	{"CrKey/", "Chromecast", smartTV, ""},
	{"; AFT", "Fire TV", smartTV, ""},
	{"BRAVIA", "Sony TV", smartTV, ""},
	{"Android TV", "Android TV", smartTV, ""},
	{"GoogleTV", "Google TV", smartTV, ""},
	{"HbbTV", "Smart TV", smartTV, ""},
	{"SmartTV", "Smart TV", smartTV, ""},
	{"PlayStation", "PlayStation", smartTV, "PlayStation"},
	{"Nintendo ", "Nintendo", smartTV, "Nintendo"},
	{"; Xbox", "Xbox", smartTV, ""},
}

// readAgent works out what a cleaned User-Agent string tells.
func readAgent(ua string) sighting {
	parsed := useragent.Parse(ua)
	seen := sighting{
		system:    agentSystem(ua, parsed.OS, parsed.OSVersion),
		automated: parsed.Bot,
	}
	seen.web = strings.HasPrefix(ua, "Mozilla/") || strings.HasPrefix(ua, "Opera/")
	if seen.web {
		seen.browser = agentBrowser(ua, parsed.Name, parsed.Version)
	} else {
		seen.app = appName(ua)
	}
	switch {
	case ua == "":
	case seen.appliance(ua):
	case parsed.Bot && !strings.Contains(ua, "HeadlessChrome"), strings.Contains(ua, "PowerShell/"):
		seen = sighting{kind: apiClient, app: clean(parsed.Name, maxName), automated: parsed.Bot}
	default:
		seen.kind = agentKind(ua, seen.system.family, seen.web)
		seen.hardware = agentHardware(ua, seen.system.family, parsed.Device)
	}
	return seen
}

// appliance recognises what is neither computer nor phone.
func (s *sighting) appliance(ua string) bool {
	for _, a := range appliances {
		if !strings.Contains(ua, a.mark) {
			continue
		}
		s.kind, s.hardware = a.kind, a.hardware
		if strings.HasPrefix(ua, a.mark) {
			s.app = "" // it is the system itself that speaks
		}
		if a.family != "" {
			s.system = system{a.family, withoutZeros(versionAfter(ua, applianceVersions[a.family]...))}
		}
		return true
	}
	return false
}

// applianceVersions are the marks that a system's version follows.
var applianceVersions = map[string][]string{
	watchOS:   {"watchOS"},
	tvOS:      {"tvOS", "iPhone OS", "CPU OS", "AppleTV5,3/", "AppleTV6,2/", "AppleTV11,1/", "AppleTV14,1/"},
	wearOS:    {"Wear OS"},
	"Tizen":   {"Tizen"},
	"Roku OS": {"Roku/DVP-"},
}

// agentKind derives the device type from the system. Android tablets leave
// out "Mobile", which native apps on phones do too.
func agentKind(ua, family string, web bool) string {
	switch family {
	case iPadOS:
		return tablet
	case iOS:
		if strings.Contains(ua, "iPad") {
			return tablet
		}
		return mobile
	case android:
		if strings.Contains(ua, "Tablet") || web && !strings.Contains(ua, "Mobi") && !strings.Contains(ua, "Opera Mini") {
			return tablet
		}
		return mobile
	case windows, macOS, linux, chromeOS, "FreeBSD":
		return desktop
	case "":
		if web {
			return anyWeb
		}
		return apiClient
	}
	return mobile
}

func agentHardware(ua, family, model string) string {
	switch {
	case strings.Contains(ua, "iPad"):
		return "iPad"
	case strings.Contains(ua, "iPod"):
		return "iPod touch"
	case strings.Contains(ua, "iPhone"):
		return "iPhone"
	case family == android:
		return androidModel(model)
	}
	return ""
}

// androidModel cleans what stands where a model should, which is often a
// placeholder (K is Chromium's, frozen), a language or a flag.
func androidModel(model string) string {
	model = clean(strings.TrimPrefix(model, "SAMSUNG "), maxName)
	switch model {
	case "K", "wv", "U", "Mobile", "Tablet", "arm", "arm_64":
		return ""
	}
	if len(model) < 2 || strings.HasPrefix(model, "rv") || strings.Contains(model, "_") {
		return ""
	}
	return model
}

// runtimes are the first words of User-Agent strings that name no app.
var runtimes = map[string]bool{"Dalvik": true, "CFNetwork": true, "Darwin": true}

// appName returns the product that a User-Agent string begins with
// (RFC 9110, section 10.1.5), without its version, if it looks like a name.
func appName(ua string) string {
	end := strings.IndexAny(ua, "/(;,")
	if end < 0 {
		end = len(ua)
	}
	name := ua[:end]
	if decoded, err := url.PathUnescape(name); err == nil {
		name = decoded
	}
	name = clean(name, maxName)
	if last := strings.LastIndexByte(name, ' '); version(name[last+1:]) != "" {
		name = name[:max(last, 0)]
	}
	if name == "" || !isLetter(name[0]) || runtimes[name] {
		return ""
	}
	return name
}
