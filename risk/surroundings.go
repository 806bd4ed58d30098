package risk

import (
	"strings"

	"github.com/symbolon-id/symbolon"
)

// A mark of automation alone may be an odd browser's; a second one hardly is.
const markFull = 2

func automation(s *sight) (int, string) {
	a := s.Signals.Automation
	switch {
	case a.WebDriver:
		return 100, "The browser is driven by WebDriver."
	case a.Headless:
		return 100, "The browser runs without a window."
	case s.Client.Automated:
		return 100, "The client calls itself a program, or a browser without a window."
	case len(a.Marks) > 0:
		return ramp(len(a.Marks), 1, markFull, 50), "Marks of automation: " + clean(listed(a.Marks), 200) + "."
	}
	return 0, ""
}

// privateBrowsing does not believe the guess where the browser keeps storage for good,
// which no private window does.
func privateBrowsing(s *sight) (int, string) {
	if !isTrue(s.Signals.PrivateMode) || isTrue(s.Signals.StoragePersisted) {
		return 0, ""
	}
	return 100, "Probably a private window."
}

func rooted(s *sight) (int, string) {
	if !isTrue(s.Signals.Jailbroken) {
		return 0, ""
	}
	return 100, "The system's protection was taken off (rooted or jailbroken)."
}

// emulated are models that emulators name themselves.
var emulated = []string{"sdk_gphone", "google_sdk", "Android SDK built for", "Emulator", "Simulator"}

func emulator(s *sight) (int, string) {
	if isTrue(s.Signals.Emulator) {
		return 100, "The app runs in an emulator."
	}
	for _, name := range emulated {
		if strings.Contains(s.Signals.DeviceModel, name) {
			return 100, "The device is a " + clean(s.Signals.DeviceModel, maxName) + "."
		}
	}
	return 0, ""
}

func appOutdated(s *sight) (int, string) {
	oldest := s.policy.AppVersions[symbolon.Platform(s.Client.Platform)]
	now := version(s.Signals.AppVersion)
	if now == "" || !older(now, version(oldest)) {
		return 0, ""
	}
	return 100, "Version " + now + " of the app; the policy asks for " + oldest + " or later."
}

func attestationFailed(s *sight) (int, string) {
	if !s.AttestationFailed {
		return 0, ""
	}
	return 100, "The device's attestation did not hold."
}

// older compares versions number by number; a missing number is 0. Nothing is older than
// what is no version.
func older(v, than string) bool {
	for v != "" || than != "" {
		var a, b string
		a, v, _ = strings.Cut(v, ".")
		b, than, _ = strings.Cut(than, ".")
		if n, m := max(major(a), 0), max(major(b), 0); n != m {
			return n < m
		}
	}
	return false
}

func isTrue(b *bool) bool { return b != nil && *b }
