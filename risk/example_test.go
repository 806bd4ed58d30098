package risk_test

import (
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// A key that was used in New York 40 minutes ago is used in Lisbon, and its browser calls
// itself something else than it did.
func ExampleAssess() {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	registered := now.Add(-365 * 24 * time.Hour)
	device := symbolon.Device{
		OperatingSystem: "macOS 14.2", Browser: "Chrome 121",
		CreatedAt: registered, ProvenAt: &registered, LastUsedAt: new(now.Add(-40 * time.Minute)),
	}
	device.History = device.History.With(symbolon.Place{
		Location: "New York, NY, USA", Country: "US", Latitude: 40.71, Longitude: -74.01, Radius: 20, ASN: 64500,
	}, *device.LastUsedAt)

	scene := risk.Scene{
		Now: now, Proof: symbolon.ProofValid,
		Client: risk.ParseClient(risk.Connection{
			UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36",
		}, risk.Signals{}),
		Place: symbolon.Place{
			Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.72, Longitude: -9.14, Radius: 10, ASN: 64501, Network: "Tejo Net",
		},
	}

	found := risk.Assess(scene, risk.History{Device: &device}, symbolon.DefaultRiskPolicy())
	fmt.Println(found.Score, found.Level)
	for _, reason := range found.Reasons {
		fmt.Printf("%2d %s\n", reason.Points, reason.Detail)
	}
	// Output:
	// 92 high
	// 60 Seen in Lisbon, Portugal 40 minutes after New York, NY, USA, 5,392 km away: 8,088 km/h.
	// 50 It ran macOS before, and Windows now.
	// 25 First time in Lisbon, Portugal; before in US.
	//  8 First time on the network Tejo Net (AS64501).
}
