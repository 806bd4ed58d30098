package risk_test

import (
	"testing"

	"github.com/symbolon-id/symbolon/risk"
)

// What a device looks like is learned part by part.
func TestWhatIsLearnedOfADevice(t *testing.T) {
	for name, row := range map[string]struct{ before, now, want string }{
		"nothing before":                         {"", "v2,os:a,br:b", "v2,os:a,br:b"},
		"nothing now":                            {"v2,os:a", "", "v2,os:a"},
		"the same":                               {"v2,os:a,tz:c", "v2,os:a,tz:c", "v2,os:a,tz:c"},
		"less, and the same":                     {"v2,os:a,br:b,tz:c", "v2,br:b", "v2,os:a,br:b,tz:c"},
		"more":                                   {"v2,os:a", "v2,os:a,tz:c", "v2,os:a,tz:c"},
		"one part changed, another is not known": {"v2,os:a,bv:1,tz:c", "v2,os:a,bv:2", "v2,os:a,bv:2,tz:c"},
		"of a version that is not known":         {"v1,os:a", "v2,br:b", "v2,br:b"},
	} {
		if got := risk.Learn(row.before, row.now); got != row.want {
			t.Errorf("%s: %q and then %q gives %q; want %q", name, row.before, row.now, got, row.want)
		}
	}
}

// Real traits survive being taken apart and put together.
func TestLearningKeepsTheForm(t *testing.T) {
	pepper := make([]byte, 32)
	c := risk.Client{System: "macOS", Agent: "Chrome", DeviceType: "desktop", Platform: "web", Browser: "Chrome 121"}
	s := risk.Signals{Screen: risk.Screen{Width: 1512, Height: 982}, Cores: 8, TimeZone: "Europe/London"}
	_, full := risk.FingerprintV2(pepper, c, s)
	c.Browser = "Chrome 122"
	_, updated := risk.FingerprintV2(pepper, c, s)
	_, little := risk.FingerprintV2(pepper, c, risk.Signals{})
	if got := risk.Learn(full, little); got != updated {
		t.Errorf("learned\n%s; want\n%s", got, updated)
	}
}
