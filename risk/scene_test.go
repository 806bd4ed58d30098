package risk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

const (
	hour = time.Hour
	day  = 24 * hour
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var (
	newYork = symbolon.Place{
		Location: "New York, NY, USA", Country: "US", Latitude: 40.71, Longitude: -74.01, Radius: 20,
		TimeZone: "America/New_York", ASN: 64500, Network: "Hudson Fibre",
	}
	boston = symbolon.Place{
		Location: "Boston, MA, USA", Country: "US", Latitude: 42.36, Longitude: -71.06, Radius: 100,
		TimeZone: "America/New_York", ASN: 64500, Network: "Hudson Fibre",
	}
	lisbon = symbolon.Place{
		Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.72, Longitude: -9.14, Radius: 10,
		TimeZone: "Europe/Lisbon", ASN: 64501, Network: "Tejo Net",
	}
)

// seen is a visit to the place that ended so long ago, and had lasted a month.
func seen(p symbolon.Place, ago time.Duration) symbolon.Visit {
	return symbolon.Visit{
		Location: p.Location, Country: p.Country, ASN: p.ASN, Latitude: p.Latitude, Longitude: p.Longitude, Radius: p.Radius,
		First: now.Add(-ago - 30*day), Last: now.Add(-ago),
	}
}

// request is what one shows, and what was known before. The tests change one thing of it
// at a time.
type request struct {
	risk.Scene
	risk.History
	policy symbolon.RiskPolicy
}

// usual is a login in the morning, from a laptop that its user has had for a year, at home
// in New York.
func usual(t testing.TB) *request {
	t.Helper()
	r := &request{policy: symbolon.DefaultRiskPolicy()}
	r.Scene = risk.Scene{Now: now, Proof: symbolon.ProofValid, Place: newYork, UserRate: 1, DeviceRate: 1, AddressRate: 1}
	r.looks(t, laptop(), webSignals)
	r.Signals.Automation = risk.Automation{}

	lastUsed, proven := now.Add(-15*hour), now.Add(-365*day)
	r.Device = &symbolon.Device{
		ID: "laptop", Status: symbolon.StatusActive, CreatedAt: proven, ProvenAt: &proven, LastUsedAt: &lastUsed,
		Platform: symbolon.PlatformWeb, UserAgent: r.Client.UserAgent, OperatingSystem: r.Client.OperatingSystem, Browser: r.Client.Browser,
		Location: newYork.Location, Traits: r.Traits, History: symbolon.History{Visits: []symbolon.Visit{seen(newYork, 15*hour)}},
	}
	r.Around = symbolon.Around{UserDevices: 2, KeyUsers: 1}
	return r
}

// looks makes the request come from something else.
func (r *request) looks(t testing.TB, conn risk.Connection, signals string) {
	t.Helper()
	r.Conn, r.Signals = conn, parse(t, signals)
	r.Client = risk.ParseClient(conn, r.Signals)
	_, r.Traits = risk.FingerprintV2(pepper, r.Client, r.Signals)
}

// unknown takes the device away: what is left is where the user's others were.
func (r *request) unknown(others ...symbolon.Visit) {
	r.Device, r.Proof = nil, symbolon.ProofMissing
	r.Visits = []symbolon.History{{Visits: others}}
}

func (r *request) assess() symbolon.Risk { return risk.Assess(r.Scene, r.History, r.policy) }

// reason finds a reason by its code; its weight is 0 where it is not there.
func (r *request) reason(code string) symbolon.Reason {
	reasons := r.assess().Reasons
	if i := slices.IndexFunc(reasons, func(f symbolon.Reason) bool { return f.Code == code }); i >= 0 {
		return reasons[i]
	}
	return symbolon.Reason{}
}
