package place_test

import (
	"encoding/binary"
	"math"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

// A damaged file may tell nonsense. It must not end the process, nor say what a store
// refuses to keep.
func FuzzADamagedFile(f *testing.F) {
	records := map[string]record{}
	for _, c := range cities {
		records[c.network] = c.record
	}
	whole, err := placetest.Database(placetest.TypeCity, records)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, "203.0.113.1")
	f.Add([]byte{0, 100, 7, 1, 0, 255}, "203.0.113.77")
	f.Add([]byte{8, 0, 0xff}, "2001:db8:7::1")
	path := filepath.Join(f.TempDir(), "cities")
	f.Fuzz(func(t *testing.T, damage []byte, address string) {
		data := append([]byte(nil), whole...)
		for ; len(damage) >= 3; damage = damage[3:] { // where, and what
			data[int(binary.BigEndian.Uint16(damage))%len(data)] ^= damage[2]
		}
		writeBytes(t, path, data)
		files, err := place.Open(place.Config{City: path})
		if err != nil {
			return
		}
		sound(t, files.Lookup(address))
		for a := netip.MustParseAddr("203.0.113.0"); a.Compare(netip.MustParseAddr("203.0.113.200")) < 0; a = a.Next() {
			sound(t, files.Lookup(a.String()))
		}
	})
}

func sound(t *testing.T, p symbolon.Place) {
	t.Helper()
	for field, s := range map[string]string{"location": p.Location, "country": p.Country, "timeZone": p.TimeZone, "network": p.Network} {
		if err := symbolon.CheckOptionalText(field, s, symbolon.MaxText); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if !(math.Abs(p.Latitude) <= 90) || !(math.Abs(p.Longitude) <= 180) || p.Radius < 0 {
		t.Errorf("%+v is nowhere on earth", p)
	}
}
