package placetest_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

func TestALookupGivesBackWhatWasWritten(t *testing.T) {
	places := map[string]symbolon.Place{
		"203.0.113.0/26":    {Location: "San Francisco, CA, USA", Country: "US", Latitude: 37.8, Longitude: -122.4, Radius: 20, TimeZone: "America/Los_Angeles", ASN: 64496, Network: "Cable", Anonymous: true},
		"203.0.113.64/26":   {Location: "Lisbon, Portugal", Country: "PT", ASN: 64497},
		"203.0.113.128/26":  {Location: "Portugal", Country: "PT", TimeZone: "Europe/Lisbon"},
		"198.51.100.0/24":   {Country: "JP"},
		"192.0.2.0/24":      {ASN: 64498, Network: "Fibre"},
		"2001:db8::/32":     {Anonymous: true},
		"2001:db8:fe::/120": {Latitude: -1, Longitude: -2, Radius: 30},
	}
	asked := map[string]string{
		"203.0.113.1": "203.0.113.0/26", "203.0.113.64": "203.0.113.64/26", "203.0.113.130": "203.0.113.128/26",
		"198.51.100.255": "198.51.100.0/24", "192.0.2.9": "192.0.2.0/24", "2001:db8:1::": "2001:db8::/32",
	}
	files := write(t, t.TempDir(), places)
	for address, network := range asked {
		if got := files.Lookup(address); got != places[network] {
			t.Errorf("%s is at\n%+v; want\n%+v", address, got, places[network])
		}
	}
	want := places["2001:db8:fe::/120"]
	want.Anonymous = true // as all around it
	if got := files.Lookup("2001:db8:fe::7"); got != want {
		t.Errorf("the network in another is at\n%+v; want\n%+v", got, want)
	}
}

func write(t *testing.T, folder string, places map[string]symbolon.Place) *place.Files {
	t.Helper()
	cfg, err := placetest.Write(folder, places)
	if err != nil {
		t.Fatal(err)
	}
	files, err := place.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWhatIsNotToldHasNoFile(t *testing.T) {
	cfg, err := placetest.Write(t.TempDir(), map[string]symbolon.Place{"203.0.113.0/24": {Country: "PT"}})
	if err != nil || cfg.City == "" || cfg.ASN != "" || cfg.Anonymous != "" {
		t.Errorf("the files are %+v, %v; want one of cities only", cfg, err)
	}
}

func TestANetworkThatIsNoneIsNamed(t *testing.T) {
	if _, err := placetest.Write(t.TempDir(), map[string]symbolon.Place{"203.0.113.0": {Country: "PT"}}); err == nil {
		t.Error("an address was taken for a network")
	}
}

func TestEveryPlaceOfTheDemoIsThere(t *testing.T) {
	folder := t.TempDir()
	for range 2 { // the second start finds the files of the first
		cfg, err := placetest.WriteDemo(folder)
		if err != nil {
			t.Fatal(err)
		}
		files, err := place.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		countries, hidden := map[string]bool{}, 0
		for _, pretend := range placetest.Demo() {
			p := files.Lookup(pretend.Address)
			if p.Location == "" || !p.HasPoint() || p.ASN == 0 || p.Network == "" {
				t.Errorf("%s: %s is at %+v; want all of it known", pretend.Name, pretend.Address, p)
			}
			countries[p.Country] = true
			if p.Anonymous {
				hidden++
			}
		}
		if len(countries) < 5 || hidden != 1 {
			t.Errorf("the demo has %d countries and %d anonymous networks; want several, and one", len(countries), hidden)
		}
	}
}
