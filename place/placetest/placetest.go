// Package placetest writes the files that package place reads: for tests, which say what
// is where, and for the demo. Nothing that it writes is true of the world.
package placetest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
)

// The types of the files, as MaxMind calls them.
const (
	TypeCity = "GeoLite2-City"
	TypeASN  = "GeoLite2-ASN"
)

// Write makes files in the folder that place each network, such as 203.0.113.0/24, as
// given, and names them for [place.Open]. Those of an earlier call are replaced, each at
// once. A lookup gives back the same place, if its location is of the form "San Francisco,
// CA, USA", "Lisbon, Portugal" or "Portugal", and its point no finer than package place
// has them. Where nothing is told of systems, or none is
// anonymous, there is no such file.
func Write(folder string, places map[string]symbolon.Place) (place.Config, error) {
	cities, systems := map[string]mmdbtype.Map{}, map[string]mmdbtype.Map{}
	var anonymous []string
	for network, p := range places {
		if p.ASN != 0 {
			systems[network] = systemRecord(p)
		}
		if p.Anonymous {
			anonymous = append(anonymous, network)
		}
		if r := cityRecord(p); len(r) > 0 {
			cities[network] = r
		}
	}
	var cfg place.Config
	for _, f := range []struct {
		path    *string
		name    string
		kind    string
		records map[string]mmdbtype.Map
	}{
		{&cfg.City, "cities.mmdb", TypeCity, cities},
		{&cfg.ASN, "systems.mmdb", TypeASN, systems},
	} {
		if len(f.records) == 0 {
			continue
		}
		data, err := Database(f.kind, f.records)
		if err != nil {
			return place.Config{}, err
		}
		if *f.path, err = put(folder, f.name, data); err != nil {
			return place.Config{}, err
		}
	}
	if len(anonymous) == 0 {
		return cfg, nil
	}
	slices.Sort(anonymous)
	var err error
	cfg.Anonymous, err = put(folder, "anonymous.txt", []byte(strings.Join(anonymous, "\n")+"\n"))
	return cfg, err
}

// Database is a file in MaxMind's format, of this type, with these records by network.
func Database(kind string, records map[string]mmdbtype.Map) ([]byte, error) {
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: kind, IncludeReservedNetworks: true, // the networks for examples are
		Description: map[string]string{"en": "Made up, for tests"}, Languages: []string{"en"},
	})
	if err != nil {
		return nil, err
	}
	for network, record := range records {
		_, prefix, err := net.ParseCIDR(network)
		if err != nil {
			return nil, fmt.Errorf("placetest: %w", err)
		}
		if err := tree.Insert(prefix, record); err != nil {
			return nil, fmt.Errorf("placetest: %s: %w", network, err)
		}
	}
	var data bytes.Buffer
	if _, err := tree.WriteTo(&data); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

func systemRecord(p symbolon.Place) mmdbtype.Map {
	return mmdbtype.Map{
		"autonomous_system_number":       mmdbtype.Uint32(p.ASN),
		"autonomous_system_organization": mmdbtype.String(p.Network),
	}
}

func cityRecord(p symbolon.Place) mmdbtype.Map {
	record := mmdbtype.Map{}
	country := mmdbtype.Map{}
	if p.Country != "" {
		country["iso_code"] = mmdbtype.String(p.Country)
	}
	if p.Location != "" {
		parts := strings.Split(p.Location, ", ")
		country["names"] = inEnglish(parts[len(parts)-1])
		if len(parts) > 1 {
			record["city"] = mmdbtype.Map{"names": inEnglish(parts[0])}
		}
		if len(parts) > 2 {
			record["subdivisions"] = mmdbtype.Slice{mmdbtype.Map{"iso_code": mmdbtype.String(parts[1])}}
		}
	}
	if len(country) > 0 {
		record["country"] = country
	}
	location := mmdbtype.Map{}
	if p.HasPoint() {
		location["latitude"], location["longitude"] = mmdbtype.Float64(p.Latitude), mmdbtype.Float64(p.Longitude)
		location["accuracy_radius"] = mmdbtype.Uint16(p.Radius)
	}
	if p.TimeZone != "" {
		location["time_zone"] = mmdbtype.String(p.TimeZone)
	}
	if len(location) > 0 {
		record["location"] = location
	}
	return record
}

func inEnglish(name string) mmdbtype.Map { return mmdbtype.Map{"en": mmdbtype.String(name)} }

// put writes the file beside its place, and then moves it there.
func put(folder, name string, data []byte) (string, error) {
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return "", err
	}
	return path, os.Rename(path+".new", path)
}
