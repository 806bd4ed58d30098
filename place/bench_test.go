package place_test

import (
	"fmt"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

// What a decision pays to know where its address is: of a record that was read before,
// and of one that was not.
func BenchmarkLookup(b *testing.B) {
	places := map[string]symbolon.Place{}
	const many = 20_000 // more than are remembered
	for i := range many {
		places[fmt.Sprintf("81.%d.%d.0/24", i/256, i%256)] = symbolon.Place{
			Location: fmt.Sprintf("City %d, ENG, UK", i), Country: "GB", Latitude: 51.5, Longitude: float64(i) / 1000, Radius: 20,
			TimeZone: "Europe/London", ASN: 64496 + uint32(i%300), Network: "A network",
		}
	}
	cfg, err := placetest.Write(b.TempDir(), places)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Anonymous = writeBytes(b, b.TempDir()+"/list", []byte("203.0.113.0/24\nAS4200000000\n"))
	files := open(b, cfg)
	for _, c := range []struct {
		name     string
		networks int
	}{{"remembered", 100}, {"new", many}} {
		asked := make([]string, c.networks)
		for i := range asked {
			asked[i] = fmt.Sprintf("81.%d.%d.7", i/256, i%256)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if !files.Lookup(asked[i%c.networks]).Known() {
					b.Fatal("it is nowhere")
				}
			}
		})
	}
	b.Run("no files", func(b *testing.B) {
		none := open(b, place.Config{})
		for b.Loop() {
			none.Lookup("203.0.113.7")
		}
	})
}
