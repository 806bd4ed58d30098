package place

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/symbolon-id/symbolon"
)

// Radii, in kilometres, of points whose record gives none: of a city with what is around
// it, and of a country, whose point is somewhere in its middle.
const (
	townRadius    = 10 // the least: no place is finer than a town
	cityRadius    = 50
	countryRadius = 500
	halfway       = 20_000 // around the earth: no place is further away
)

// cityRecord is what is read of a record of MaxMind's City and Country files, and of those
// that have their form.
type cityRecord struct {
	City    named `maxminddb:"city"`
	Country struct {
		Code  string `maxminddb:"iso_code"`
		Names names  `maxminddb:"names"`
	} `maxminddb:"country"`
	Subdivisions []struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"subdivisions"`
	Location struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
		Radius    uint32   `maxminddb:"accuracy_radius"`
		TimeZone  string   `maxminddb:"time_zone"`
	} `maxminddb:"location"`
	Traits struct {
		Anycast bool `maxminddb:"is_anycast"`
	} `maxminddb:"traits"`
}

type named struct {
	Names names `maxminddb:"names"`
}

type names struct {
	English string `maxminddb:"en"`
}

func parseCities(data []byte) (content[*table[symbolon.Place]], error) {
	return parseTable(data, "cities or countries", readCity)
}

func readCity(result maxminddb.Result) (symbolon.Place, error) {
	var r cityRecord
	if err := result.Decode(&r); err != nil {
		return symbolon.Place{}, err
	}
	p := symbolon.Place{Location: r.text(), TimeZone: printable(r.Location.TimeZone)}
	if isCountryCode(r.Country.Code) {
		p.Country = r.Country.Code
	}
	r.point(&p)
	return p, nil
}

// point sets the coordinates. An anycast address is in many places at once, so in none.
func (r *cityRecord) point(p *symbolon.Place) {
	lat, long := r.Location.Latitude, r.Location.Longitude
	if lat == nil || long == nil || r.Traits.Anycast || !(math.Abs(*lat) <= 90) || !(math.Abs(*long) <= 180) {
		return
	}
	p.Latitude, p.Longitude, p.Radius = rounded(*lat), rounded(*long), int(min(r.Location.Radius, halfway))
	switch {
	case p.Radius > 0:
		p.Radius = max(p.Radius, townRadius)
	case r.City.Names.English != "":
		p.Radius = cityRadius
	default:
		p.Radius = countryRadius
	}
}

// rounded is exact to some 11 km: who travels is told from who doesn't, and no street is kept.
func rounded(degrees float64) float64 { return math.Round(degrees*10)/10 + 0 } // never -0

// spoken are the countries that people call by other names than the files do.
var spoken = map[string]string{"US": "USA", "GB": "UK"}

// text is the place as people write it: San Francisco, CA, USA.
func (r *cityRecord) text() string {
	country := spoken[r.Country.Code]
	if country == "" {
		country = printable(r.Country.Names.English)
	}
	parts := make([]string, 0, 3)
	for _, part := range []string{printable(r.City.Names.English), r.subdivision(), country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// subdivision is the code of the largest around a city, where it is made of letters:
// people write CA and ENG, but 13 for Tokyo only in lists.
func (r *cityRecord) subdivision() string {
	if r.City.Names.English == "" || len(r.Subdivisions) == 0 {
		return ""
	}
	code := r.Subdivisions[0].Code
	if len(code) > 3 { // ISO 3166-2
		return ""
	}
	for _, c := range code {
		if c < 'A' || c > 'Z' {
			return ""
		}
	}
	return code
}

func isCountryCode(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

const maxName = 80 // characters

// printable is the text, or nothing where a store would refuse it: what a file says must
// never be what stops a decision.
func printable(text string) string {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxName || strings.IndexFunc(text, unicode.IsControl) >= 0 {
		return ""
	}
	return text
}
