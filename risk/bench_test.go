package risk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

func BenchmarkParseSignals(b *testing.B) {
	raw := json.RawMessage(webSignals)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := risk.ParseSignals(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseClient(b *testing.B) {
	full := laptop()
	full.Hints.FullVersionList = `"Not A(Brand";v="99.0.0.0", "Google Chrome";v="121.0.6167.184", "Chromium";v="121.0.6167.184"`
	full.Hints.PlatformVersion = `"14.2.0"`
	for name, conn := range map[string]risk.Connection{
		"hints":     full,
		"userAgent": {UserAgent: chromeAndroid},
		"app":       {UserAgent: "MyApp/2.5.0 (iPhone; iOS 17.3)"},
		"hostile":   {UserAgent: strings.Repeat("a;", 600)},
	} {
		b.Run(name, func(b *testing.B) {
			s := parse(b, webSignals)
			b.ReportAllocs()
			for b.Loop() {
				risk.ParseClient(conn, s)
			}
		})
	}
}

func BenchmarkFingerprintV2(b *testing.B) {
	s := parse(b, webSignals)
	c := risk.ParseClient(laptop(), s)
	b.ReportAllocs()
	for b.Loop() {
		risk.FingerprintV2(pepper, c, s)
	}
}

// BenchmarkAssess is held to 20 µs with a full history, and to allocations that do not
// grow with it: those of "full" are those of "short".
func BenchmarkAssess(b *testing.B) {
	short := usual(b)
	full := usual(b)
	full.fill(symbolon.MaxVisits, 8, b)
	odd := usual(b)
	odd.fill(symbolon.MaxVisits, 8, b)
	odd.looks(b, laptop(), otherMachine.Replace(webSignals))
	odd.Place, odd.Failures, odd.UserRate, odd.Around.KeyUsers = lisbon, 20, 60, 9
	stranger := usual(b)
	stranger.unknown()
	stranger.Visits = nil
	for range 20 {
		stranger.Visits = append(stranger.Visits, full.Device.History)
	}
	for _, c := range []struct {
		name string
		*request
	}{{"short", short}, {"full", full}, {"odd", odd}, {"unknown", stranger}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.assess()
			}
		})
	}
}

// fill gives the device all the history and neighbours that there can be.
func (r *request) fill(visits, blocked int, t testing.TB) {
	for i := range visits - 1 {
		r.Device.History.Visits = append(r.Device.History.Visits, elsewhere("FR", uint32(i+1)))
	}
	for range blocked {
		r.Around.Blocked = append(r.Around.Blocked, symbolon.BlockedDevice{
			ManufacturerID: "m1.x", Traits: traits(t, laptop(), otherMachine.Replace(webSignals)),
		})
	}
	r.ManufacturerID = "m1.y"
}

func BenchmarkExplain(b *testing.B) {
	r := usual(b)
	r.fill(symbolon.MaxVisits, 8, b)
	b.ReportAllocs()
	for b.Loop() {
		risk.Explain(r.Scene, r.History, r.policy)
	}
}
