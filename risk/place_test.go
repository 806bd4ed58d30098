package risk_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// at makes the request come from a place, with a clock that is right for it.
func at(p symbolon.Place) func(*request) {
	return func(r *request) { r.Place, r.Signals.TimeZone = p, p.TimeZone }
}

// been gives the device's history, the latest visit first.
func been(visits ...symbolon.Visit) func(*request) {
	return func(r *request) { r.Device.History.Visits = visits }
}

func both(changes ...func(*request)) func(*request) {
	return func(r *request) {
		for _, change := range changes {
			change(r)
		}
	}
}

// elsewhere is a visit to some other country and network, without a point.
func elsewhere(country string, asn uint32) symbolon.Visit {
	return symbolon.Visit{Country: country, ASN: asn, First: now.Add(-60 * day), Last: now.Add(-50 * day)}
}

func TestReasonsOfPlace(t *testing.T) {
	mobile := newYork
	mobile.ASN, mobile.Network = 64999, ""

	checkReasons(t, map[string][]row{
		symbolon.RiskNewCountry: {
			{"the first time abroad", at(lisbon), 100, "First time in Lisbon, Portugal; before in US."},
			{"abroad again", both(at(lisbon), been(seen(newYork, day), elsewhere("PT", 1))), 0, ""},
			{
				"a fourth country", both(at(lisbon), been(seen(newYork, day), elsewhere("DE", 1), elsewhere("FR", 2))), 50,
				"First time in Lisbon, Portugal; before in US, DE and FR.",
			},
			{"a device that was nowhere yet", both(at(lisbon), been()), 0, ""},
			{"nothing is known of the place", at(symbolon.Place{}), 0, ""},
			{"an unknown device, where the user's others never were", func(r *request) {
				r.unknown(seen(newYork, day))
				at(lisbon)(r)
			}, 100, ""},
			{"an unknown device, where another one was", func(r *request) {
				r.unknown(seen(newYork, day), elsewhere("PT", 1))
				at(lisbon)(r)
			}, 0, ""},
			{"the user's other devices say nothing of a known one", func(r *request) {
				r.Visits = []symbolon.History{{Visits: []symbolon.Visit{elsewhere("PT", 1)}}}
				at(lisbon)(r)
			}, 100, ""},
		},
		symbolon.RiskNewNetwork: {
			{"another network in the city", at(mobile), 100, "First time on the network AS64999."},
			{"one of some time ago", both(at(mobile), been(seen(newYork, day), elsewhere("FR", 64999))), 0, ""},
			{
				"someone who is everywhere", both(at(lisbon), been(elsewhere("US", 1), elsewhere("US", 2), elsewhere("US", 3), elsewhere("US", 4), elsewhere("US", 5))),
				50, "First time on the network Tejo Net (AS64501).",
			},
		},
		symbolon.RiskImpossibleTravel: {
			{
				"another continent after 40 minutes", both(at(lisbon), been(seen(newYork, 40*time.Minute))), 100,
				"Seen in Lisbon, Portugal 40 minutes after New York, NY, USA, 5,392 km away: 8,088 km/h.",
			},
			{"by airliner", both(at(lisbon), been(seen(newYork, 6*hour))), 0, ""},
			{"a little too fast for an airliner", both(at(lisbon), been(seen(newYork, 5*hour))), 49, ""},
			{
				"at the same moment", both(at(lisbon), been(seen(newYork, 0))), 100,
				"Seen in Lisbon, Portugal 1 minute after New York, NY, USA, 5,392 km away: 323,520 km/h.",
			},
			{"a city 306 km away, of which both places may be off by 120", both(at(boston), been(seen(newYork, 15*time.Minute))), 0, ""},
			{"to where it was before, as with a VPN", both(at(lisbon), been(seen(newYork, 40*time.Minute), seen(lisbon, day))), 33, ""},
			{"a place without coordinates", both(at(lisbon), been(elsewhere("US", 1))), 0, ""},
			{"after another of the user's devices", func(r *request) {
				r.unknown(seen(newYork, 40*time.Minute))
				at(lisbon)(r)
			}, 50, "Seen in Lisbon, Portugal 40 minutes after New York, NY, USA, 5,392 km away: 8,088 km/h."},
		},
		symbolon.RiskTimeZoneMismatch: {
			{
				"a clock of another continent", func(r *request) { r.Place = lisbon }, 100,
				"Its clock is set to America/New_York, and its address is in Europe/Lisbon.",
			},
			{"a clock of the neighbouring zone", func(r *request) { r.Signals.TimeZone = "America/Chicago" }, 0, ""},
			{"two zones away", func(r *request) { r.Signals.TimeZone = "America/Denver" }, 59, ""},
			{"two zones away, where only the country is known", func(r *request) { r.Signals.TimeZone, r.Place.Radius = "America/Denver", 1000 }, 0, ""},
			{"another name for the same time", func(r *request) { r.Signals.TimeZone = "America/Lima" }, 0, ""},
			{"a browser that hides its zone", func(r *request) { r.Signals.TimeZone = "UTC" }, 50, ""},
			{"a name that is none", func(r *request) { r.Signals.TimeZone = "Mars/Olympus_Mons" }, 0, ""},
			{"the server's own zone is nobody's", func(r *request) { r.Signals.TimeZone = "Local" }, 0, ""},
		},
		symbolon.RiskAnonymousNetwork: {
			{"a network on the list", func(r *request) { r.Place.Anonymous = true }, 100, "On a network that hides who uses it."},
			{"one that is not", nil, 0, ""},
		},
	})
}

// A trip of a person with a laptop raises an eyebrow and no more.
func TestHonestTraveller(t *testing.T) {
	r := usual(t)
	both(at(lisbon), been(seen(newYork, 15*hour)))(r)
	r.Signals.TimeZone = newYork.TimeZone // nobody set the clock yet
	got := r.assess()
	// new_country 25, timezone_mismatch 15, new_network 8: 25 + 15/2 + 8/4 = 34.5.
	if got.Score != 34 || got.Level != "low" {
		t.Errorf("got %+v", got)
	}
}
