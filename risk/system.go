package risk

import "strings"

// system is an operating system's family and version; the zero value is none.
type system struct {
	family  string
	version string
}

func (s system) String() string { return joined(s.family, s.version) }

const (
	android  = "Android"
	chromeOS = "ChromeOS"
	iOS      = "iOS"
	iPadOS   = "iPadOS"
	linux    = "Linux"
	macOS    = "macOS"
	tvOS     = "tvOS"
	watchOS  = "watchOS"
	wearOS   = "Wear OS"
	windows  = "Windows"
)

// hintedFamilies are the platforms that client hints know (UA-CH, 3.6).
var hintedFamilies = map[string]string{
	"Android":     android,
	"Chrome OS":   chromeOS,
	"Chromium OS": chromeOS,
	"iOS":         iOS,
	"Linux":       linux,
	"macOS":       macOS,
	"Windows":     windows,
}

// nativeFamilies are the systems that an app's SDK may name, in lower case.
var nativeFamilies = map[string]string{
	"android": android,
	"ios":     iOS,
	"ipados":  iPadOS,
	"tvos":    tvOS,
	"watchos": watchOS,
	"wear os": wearOS,
}

// hintedVersion reads Sec-CH-UA-Platform-Version. Chrome OS and Linux give
// build numbers there that no one knows their system by.
func hintedVersion(family, v string) string {
	v = version(v)
	switch family {
	case windows:
		return windowsRelease(v)
	case macOS, android, iOS:
		return withoutZeros(v)
	}
	return ""
}

// windowsRelease translates the version of the Windows API contract that
// hints hold: 0.x before Windows 10, up to 12 for it, 13 and more after it.
func windowsRelease(v string) string {
	switch n := major(v); {
	case n >= 13:
		return "11"
	case n >= 1:
		return "10"
	case n == 0:
		return map[string]string{"0.1": "7", "0.2": "8", "0.3": "8.1"}[withoutZeros(v)]
	}
	return ""
}

// windowsKernels are the kernel versions of User-Agent strings. 10.0 is not
// among them: browsers froze it there, so it may be any release since.
var windowsKernels = map[string]string{
	"5.1": "XP",
	"6.0": "Vista",
	"6.1": "7",
	"6.2": "8",
	"6.3": "8.1",
}

// agentSystem works out the system from a User-Agent string and what the
// parser made of it.
func agentSystem(ua, name, number string) system {
	switch {
	case strings.Contains(ua, "Windows Phone"): // which says that it is Android too
		return system{"Windows Phone", withoutZeros(versionAfter(ua, "Windows Phone"))}
	case name == "Android":
		return system{android, androidVersion(ua, number)}
	case strings.Contains(ua, "iPad"):
		return ipad(appleVersion(ua))
	case strings.Contains(ua, "iPhone"), strings.Contains(ua, "iPod"):
		return system{iOS, appleVersion(ua)}
	case name == "macOS":
		return system{macOS, macVersion(versionAfter(ua, "Mac OS X", "macOS"))}
	case name == "Windows":
		return system{windows, windowsKernels[number]}
	case name == "CrOS" || name == "ChromeOS":
		return system{family: chromeOS}
	case name == "Harmony":
		return system{"HarmonyOS", withoutZeros(version(number))}
	case name == "Linux", strings.Contains(ua, "X11; Linux"):
		return system{family: linux}
	case strings.Contains(ua, "FreeBSD"):
		return system{family: "FreeBSD"}
	case name != "":
		return system{name, version(number)}
	case strings.Contains(ua, "KAIOS/"):
		return system{"KaiOS", versionAfter(ua, "KAIOS/")}
	case strings.Contains(ua, "CFNetwork/"), strings.Contains(ua, " Network/"):
		return darwin(ua)
	}
	return system{}
}

// androidVersion leaves out the 10 of "Android 10; K", which Chromium froze.
func androidVersion(ua, number string) string {
	if strings.Contains(ua, "Android 10; K)") {
		return ""
	}
	return withoutZeros(version(number))
}

// appleVersion reads the version of iOS. From iOS 26 on, Safari keeps saying
// 18 there; as it is as new as its system, its own version tells better.
func appleVersion(ua string) string {
	v := versionAfter(ua, "iPhone OS", "CPU OS", "iPadOS", "iOS")
	if safari := versionAfter(ua, "Version/"); major(v) == 18 && major(safari) >= 26 {
		v = safari
	}
	return withoutZeros(v)
}

// ipad tells iPadOS from the iOS that iPads ran up to 12.
func ipad(v string) system {
	if n := major(v); n >= 1 && n < 13 {
		return system{iOS, v}
	}
	return system{iPadOS, v}
}

// macVersion leaves out 10.15, where every browser froze it.
func macVersion(v string) string {
	if v == "10.15" || v == "10.15.7" {
		return ""
	}
	return withoutZeros(v)
}

// darwin reads the User-Agent that Apple's own HTTP client sends for an app.
// Only on a Mac does it end with a processor, and that not always; all else
// is taken for a phone, so that a phone can't pass for a computer.
func darwin(ua string) system {
	switch {
	case strings.Contains(ua, "(x86_64)"), strings.Contains(ua, "(arm64)"), strings.Contains(ua, " macOS/"):
		return system{macOS, withoutZeros(versionAfter(ua, "macOS/"))}
	default:
		return system{iOS, withoutZeros(versionAfter(ua, "iOS/"))}
	}
}
