package place_test

import (
	"bytes"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

// Short words for records in MaxMind's format.
type (
	record = mmdbtype.Map
	text   = mmdbtype.String
	number = mmdbtype.Float64
	radius = mmdbtype.Uint16
)

func english(name string) record {
	return record{"names": record{"en": text(name), "de": text("Auf Deutsch")}}
}

func country(code, name string) record {
	r := english(name)
	r["iso_code"] = text(code)
	return r
}

func subdivisions(codes ...string) mmdbtype.Slice {
	var s mmdbtype.Slice
	for _, code := range codes {
		s = append(s, record{"iso_code": text(code), "names": record{"en": text("Its name")}})
	}
	return s
}

func point(lat, long float64) record {
	return record{"latitude": number(lat), "longitude": number(long)}
}

func with(r record, key string, value mmdbtype.DataType) record {
	r = maps.Clone(r)
	r[mmdbtype.String(key)] = value
	return r
}

// write makes a file of the kind in the folder.
func write(t testing.TB, path, kind string, records map[string]record) string {
	t.Helper()
	data, err := placetest.Database(kind, records)
	if err != nil {
		t.Fatal(err)
	}
	return writeBytes(t, path, data)
}

func writeBytes(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, cfg place.Config) *place.Files {
	t.Helper()
	files, err := place.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var cities = []struct {
	about   string
	network string
	record  record
	asked   string
	want    symbolon.Place
}{
	{
		"a city with all there is", "203.0.113.0/28",
		record{
			"city": english("San Francisco"), "country": country("US", "United States"), "subdivisions": subdivisions("CA"),
			"location": with(with(point(37.7749, -122.41941), "accuracy_radius", radius(20)), "time_zone", text("America/Los_Angeles")),
		},
		"203.0.113.15",
		symbolon.Place{Location: "San Francisco, CA, USA", Country: "US", Latitude: 37.8, Longitude: -122.4, Radius: 20, TimeZone: "America/Los_Angeles"},
	},
	{
		"the largest of several subdivisions", "203.0.113.16/28",
		record{"city": english("Oxford"), "country": country("GB", "United Kingdom"), "subdivisions": subdivisions("ENG", "OXF")},
		"203.0.113.16",
		symbolon.Place{Location: "Oxford, ENG, UK", Country: "GB"},
	},
	{
		"a subdivision with a number for a code", "203.0.113.32/28",
		record{"city": english("Tokyo"), "country": country("JP", "Japan"), "subdivisions": subdivisions("13")},
		"203.0.113.40",
		symbolon.Place{Location: "Tokyo, Japan", Country: "JP"},
	},
	{
		"a subdivision whose code is none", "203.0.113.208/28",
		record{"city": english("Lisbon"), "country": country("PT", "Portugal"), "subdivisions": subdivisions("LISBOA")},
		"203.0.113.209",
		symbolon.Place{Location: "Lisbon, Portugal", Country: "PT"},
	},
	{
		"a radius beyond the earth", "203.0.113.224/28",
		record{"country": country("PT", "Portugal"), "location": with(point(38, -9), "accuracy_radius", mmdbtype.Uint32(4_000_000_000))},
		"203.0.113.224",
		symbolon.Place{Location: "Portugal", Country: "PT", Latitude: 38, Longitude: -9, Radius: 20_000},
	},
	{
		"a country alone", "203.0.113.48/28",
		record{"country": country("PT", "Portugal"), "subdivisions": subdivisions("11"), "location": point(39.5, -8)},
		"203.0.113.50",
		symbolon.Place{Location: "Portugal", Country: "PT", Latitude: 39.5, Longitude: -8, Radius: 500},
	},
	{
		"a city whose radius is not told", "203.0.113.64/28",
		record{"city": english("Lisbon"), "country": country("PT", "Portugal"), "location": point(38.72, -9.13)},
		"203.0.113.64",
		symbolon.Place{Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.7, Longitude: -9.1, Radius: 50},
	},
	{
		"a street", "203.0.113.240/28",
		record{"city": english("Lisbon"), "country": country("PT", "Portugal"), "location": with(point(-38.72394, 179.97), "accuracy_radius", radius(1))},
		"203.0.113.241",
		symbolon.Place{Location: "Lisbon, Portugal", Country: "PT", Latitude: -38.7, Longitude: 180, Radius: 10},
	},
	{
		"the crossing of equator and meridian", "203.0.113.80/28",
		record{"country": country("GH", "Ghana"), "location": point(0, 0)},
		"203.0.113.80",
		symbolon.Place{Location: "Ghana", Country: "GH", Radius: 500},
	},
	{
		"half a point", "203.0.113.96/28",
		record{"country": country("PT", "Portugal"), "location": record{"latitude": number(38)}},
		"203.0.113.96",
		symbolon.Place{Location: "Portugal", Country: "PT"},
	},
	{
		"a point beyond the poles", "203.0.113.112/28",
		record{"country": country("PT", "Portugal"), "location": point(138, -9)},
		"203.0.113.112",
		symbolon.Place{Location: "Portugal", Country: "PT"},
	},
	{
		"an address that is in many places at once", "203.0.113.128/28",
		record{"country": country("AU", "Australia"), "location": point(-33, 143), "traits": record{"is_anycast": mmdbtype.Bool(true)}},
		"203.0.113.128",
		symbolon.Place{Location: "Australia", Country: "AU"},
	},
	{
		"texts that a store would refuse", "203.0.113.144/28",
		record{"city": english("Lis\x00bon"), "country": country("pt", strings.Repeat("Portugal ", 20)), "location": record{"time_zone": text("Europe/\nLisbon")}},
		"203.0.113.144",
		symbolon.Place{},
	},
	{
		"an address of version 6", "2001:db8:7::/48",
		record{"country": country("DE", "Germany")},
		"2001:db8:7:1::9",
		symbolon.Place{Location: "Germany", Country: "DE"},
	},
	{
		"an address of version 4 in the clothes of version 6", "203.0.113.160/28",
		record{"country": country("DE", "Germany")},
		"::ffff:203.0.113.161",
		symbolon.Place{Location: "Germany", Country: "DE"},
	},
	{"an address that no record is of", "203.0.113.176/28", record{}, "203.0.113.200", symbolon.Place{}},
	{"a private address", "10.0.0.0/8", record{"country": country("DE", "Germany")}, "10.1.2.3", symbolon.Place{}},
	{"a private address of version 6", "fc00::/7", record{"country": country("DE", "Germany")}, "fd00::1", symbolon.Place{}},
	{"an address between a carrier and its customers", "100.64.0.0/10", record{"country": country("DE", "Germany")}, "100.64.3.4", symbolon.Place{}},
	{"this machine", "127.0.0.0/8", record{"country": country("DE", "Germany")}, "127.0.0.1", symbolon.Place{}},
	{"a link-local address with its zone", "fe80::/10", record{"country": country("DE", "Germany")}, "fe80::1%eth0", symbolon.Place{}},
	{"nothing", "198.51.100.0/30", record{}, "", symbolon.Place{}},
	{"what is no address", "198.51.100.4/30", record{}, "203.0.113.1:443", symbolon.Place{}},
}

func TestWhereAnAddressIs(t *testing.T) {
	records := map[string]record{}
	for _, c := range cities {
		records[c.network] = c.record
	}
	path := filepath.Join(t.TempDir(), "cities.mmdb")
	files := open(t, place.Config{City: write(t, path, placetest.TypeCity, records)})
	for _, c := range cities {
		for _, again := range []string{"", ", asked again"} {
			if got := files.Lookup(c.asked); got != c.want {
				t.Errorf("%s%s: %q is at\n%+v; want\n%+v", c.about, again, c.asked, got, c.want)
			}
		}
	}
}

func TestEachFileTellsItsPart(t *testing.T) {
	folder := t.TempDir()
	city := write(t, filepath.Join(folder, "c"), "DBIP-City-Lite", map[string]record{"203.0.113.0/24": {"country": country("PT", "Portugal")}})
	asn := write(t, filepath.Join(folder, "a"), placetest.TypeASN, map[string]record{
		"203.0.113.0/25": {"autonomous_system_number": mmdbtype.Uint32(64496), "autonomous_system_organization": text("Tejo Fibra")},
		"198.51.100.0/24": {
			"autonomous_system_number": mmdbtype.Uint32(4200000000), "autonomous_system_organization": text("A\x1bB"),
		},
	})
	list := writeBytes(t, filepath.Join(folder, "l"), []byte("as4200000000\n203.0.113.200\n"))
	for _, c := range []struct {
		about, asked string
		cfg          place.Config
		want         symbolon.Place
	}{
		{"no file at all", "203.0.113.1", place.Config{}, symbolon.Place{}},
		{"cities", "203.0.113.1", place.Config{City: city}, symbolon.Place{Location: "Portugal", Country: "PT"}},
		{"systems", "203.0.113.1", place.Config{ASN: asn}, symbolon.Place{ASN: 64496, Network: "Tejo Fibra"}},
		{"a list", "203.0.113.200", place.Config{Anonymous: list}, symbolon.Place{Anonymous: true}},
		{"both, and not on the list", "203.0.113.1", place.Config{City: city, ASN: asn, Anonymous: list}, symbolon.Place{Location: "Portugal", Country: "PT", ASN: 64496, Network: "Tejo Fibra"}},
		{"cities, and on the list", "203.0.113.200", place.Config{City: city, ASN: asn, Anonymous: list}, symbolon.Place{Location: "Portugal", Country: "PT", Anonymous: true}},
		{"on the list by its system, whose name can't be printed", "198.51.100.1", place.Config{City: city, ASN: asn, Anonymous: list}, symbolon.Place{ASN: 4200000000, Anonymous: true}},
		{"on the list by its system, which no file tells", "198.51.100.1", place.Config{City: city, Anonymous: list}, symbolon.Place{}},
	} {
		if got := open(t, c.cfg).Lookup(c.asked); got != c.want {
			t.Errorf("%s: got\n%+v; want\n%+v", c.about, got, c.want)
		}
	}
}

func TestAFileOfAddressesOfVersion4KnowsNoOthers(t *testing.T) {
	data := version4(t)
	files := open(t, place.Config{City: writeBytes(t, filepath.Join(t.TempDir(), "4"), data)})
	if got := files.Lookup("203.0.113.9").Country; got != "PT" {
		t.Errorf("the country is %q; want PT", got)
	}
	if got := files.Lookup("2001:db8::1"); got.Known() {
		t.Errorf("an address of version 6 is at %+v; want nothing known", got)
	}
}

func TestWhatTheFilesAreIsTold(t *testing.T) {
	folder := t.TempDir()
	cfg, err := placetest.WriteDemo(folder)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	log, said := logged()
	cfg.Log = log
	for _, f := range open(t, cfg).About() {
		info, err := os.Stat(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if off := info.ModTime().Sub(f.Built); off < 0 || off.Minutes() > 1 {
			t.Errorf("%s was built %s; it was written %s", f.Setting, f.Built, info.ModTime())
		}
		told = append(told, f.Setting+" "+filepath.Base(f.Path)+": "+f.Holds)
	}
	want := "geoip.city cities.mmdb: GeoLite2-City, 3 kB\n" +
		"geoip.asn systems.mmdb: GeoLite2-ASN, 3 kB\n" +
		"geoip.anonymous anonymous.txt: networks: 1, AS numbers: 0"
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("it tells\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count(said.String(), "a file of places was read"); n != 3 {
		t.Errorf("it logged %d files; want 3:\n%s", n, said)
	}
}

// logged gives a logger, and what it logged.
func logged() (*slog.Logger, *bytes.Buffer) {
	var log bytes.Buffer
	return slog.New(slog.NewTextHandler(&log, nil)), &log
}
