package risk_test

import (
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// mismatch tells whether a clock in this zone is held against an address in New York.
func mismatch(t *testing.T, zone string) bool {
	t.Helper()
	r := usual(t)
	r.Signals.TimeZone = zone
	return r.reason(symbolon.RiskTimeZoneMismatch).Weight > 0
}

// A client can spell a zone in any number of ways: one of them is known and kept.
func TestOtherSpellingsOfAZoneAreUnknown(t *testing.T) {
	if !mismatch(t, "Asia/Tokyo") {
		t.Fatal("Tokyo's clock is that of New York")
	}
	before := risk.KeptZones()
	for n := range 50 {
		for _, zone := range []string{
			"Asia/" + strings.Repeat("/", n+1) + "Tokyo", "Asia/" + strings.Repeat("./", n+1) + "Tokyo", "Asia/Tokyo" + strings.Repeat("/", n+1),
			"./Asia/Tokyo", "Asia\\Tokyo", "Asia/Tokyo\x00", "Asia/Tōkyō",
		} {
			if mismatch(t, zone) {
				t.Fatalf("%q is known", zone)
			}
		}
	}
	if kept := risk.KeptZones(); kept != before {
		t.Errorf("%d zones are kept; before there were %d", kept, before)
	}
}

// Where there is no room left, zones are known all the same.
func TestZonesBeyondThoseThatAreKept(t *testing.T) {
	defer risk.FillZones()()
	if !mismatch(t, "Pacific/Auckland") || mismatch(t, "America/Toronto") {
		t.Error("a zone that is not kept is not known")
	}
	if kept := risk.KeptZones(); kept != risk.MaxZones {
		t.Errorf("%d zones are kept; want at most %d", kept, risk.MaxZones)
	}
}
