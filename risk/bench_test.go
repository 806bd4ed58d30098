package risk_test

import (
	"encoding/json"
	"strings"
	"testing"

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

func BenchmarkFingerprintV1(b *testing.B) {
	s := parse(b, webSignals)
	c := risk.ParseClient(laptop(), s)
	b.ReportAllocs()
	for b.Loop() {
		risk.FingerprintV1(pepper, c, s)
	}
}
