package logins

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/symbolon-id/symbolon"
)

// city is where people are.
type city struct {
	name, country, zone string
	lat, lon            float64
}

var cities = []city{
	{"Berlin", "DE", "Europe/Berlin", 52.52, 13.40},
	{"Munich", "DE", "Europe/Berlin", 48.14, 11.58},
	{"Hamburg", "DE", "Europe/Berlin", 53.55, 9.99},
	{"Cologne", "DE", "Europe/Berlin", 50.94, 6.96},
	{"Paris", "FR", "Europe/Paris", 48.86, 2.35},
	{"Lyon", "FR", "Europe/Paris", 45.76, 4.84},
	{"Marseille", "FR", "Europe/Paris", 43.30, 5.37},
	{"Toulouse", "FR", "Europe/Paris", 43.60, 1.44},
	{"London", "GB", "Europe/London", 51.51, -0.13},
	{"Manchester", "GB", "Europe/London", 53.48, -2.24},
	{"Glasgow", "GB", "Europe/London", 55.86, -4.25},
	{"Madrid", "ES", "Europe/Madrid", 40.42, -3.70},
	{"Barcelona", "ES", "Europe/Madrid", 41.39, 2.17},
	{"Seville", "ES", "Europe/Madrid", 37.39, -5.98},
	{"Warsaw", "PL", "Europe/Warsaw", 52.23, 21.01},
	{"Krakow", "PL", "Europe/Warsaw", 50.06, 19.94},
	{"New York", "US", "America/New_York", 40.71, -74.01},
	{"Chicago", "US", "America/Chicago", 41.88, -87.63},
	{"Dallas", "US", "America/Chicago", 32.78, -96.80},
	{"San Francisco", "US", "America/Los_Angeles", 37.77, -122.42},
	{"Rome", "IT", "Europe/Rome", 41.90, 12.50},
	{"Vienna", "AT", "Europe/Vienna", 48.21, 16.37},
	{"Athens", "GR", "Europe/Athens", 37.98, 23.73},
	{"Istanbul", "TR", "Europe/Istanbul", 41.01, 28.98},
	{"Bangkok", "TH", "Asia/Bangkok", 13.76, 100.50},
	{"Amsterdam", "NL", "Europe/Amsterdam", 52.37, 4.90},
	{"Lagos", "NG", "Africa/Lagos", 6.52, 3.38},
	{"Moscow", "RU", "Europe/Moscow", 55.76, 37.62},
	{"Bucharest", "RO", "Europe/Bucharest", 44.43, 26.10},
	{"Sao Paulo", "BR", "America/Sao_Paulo", -23.55, -46.63},
	{"Hanoi", "VN", "Asia/Ho_Chi_Minh", 21.03, 105.85},
	{"Jakarta", "ID", "Asia/Jakarta", -6.21, 106.85},
	{"Mumbai", "IN", "Asia/Kolkata", 19.08, 72.88},
}

// Where users live, and where attackers sit (assumed).
var (
	homes = []share[string]{{"DE", 30}, {"FR", 20}, {"GB", 18}, {"US", 15}, {"ES", 10}, {"PL", 7}}
	lairs = []share[string]{
		{"NG", 16}, {"RU", 14}, {"US", 12}, {"BR", 10}, {"VN", 10}, {"ID", 8}, {"IN", 8}, {"RO", 7}, {"GB", 6}, {"FR", 5}, {"DE", 4},
	}
	languages = map[string]string{
		"DE": "de-DE", "AT": "de-AT", "FR": "fr-FR", "GB": "en-GB", "ES": "es-ES", "PL": "pl-PL", "US": "en-US",
		"NG": "en-NG", "RU": "ru-RU", "RO": "ro-RO", "BR": "pt-BR", "VN": "vi-VN", "ID": "id-ID", "IN": "en-IN",
	}
)

// network is an autonomous system, as a customer sees it.
type network struct {
	asn    uint32
	name   string
	mobile bool
	daily  bool // gives a home another address every day
}

// world is what all users share: who provides addresses where.
type world struct {
	seed    uint64
	fixed   map[string][]share[network]
	mobile  map[string][]share[network]
	hosting []network
}

func newWorld(seed uint64) *world {
	w := &world{seed: seed, fixed: map[string][]share[network]{}, mobile: map[string][]share[network]{}}
	asn := uint32(64500)
	next := func(name string) network { asn++; return network{asn: asn, name: name} }
	for _, c := range cities {
		if w.fixed[c.country] != nil {
			continue
		}
		for i, weight := range []float64{50, 30, 20} { // market shares: assumed
			line, phone := next(c.country+" line"), next(c.country+" mobile")
			line.daily, phone.mobile = i == 1, true
			w.fixed[c.country] = append(w.fixed[c.country], share[network]{line, weight})
			w.mobile[c.country] = append(w.mobile[c.country], share[network]{phone, weight})
		}
	}
	for range 12 {
		w.hosting = append(w.hosting, next("hosting"))
	}
	return w
}

// cityOf is a city of the country.
func cityOf(r *rand.Rand, country string) city {
	var in []city
	for _, c := range cities {
		if c.country == country {
			in = append(in, c)
		}
	}
	return one(r, in)
}

// line is one address and where it seems to be.
type line struct {
	address string
	place   symbolon.Place
}

// lineOf is the nth address of the network in the city. The file that tells where it is
// errs always in the same way.
func (w *world) lineOf(n network, c city, nth int) line {
	block := uint64(nth / 256)
	miss, radius := fixedError, fixedRadius
	if n.mobile {
		block, miss, radius = uint64(nth), mobileError, mobileRadius
	}
	where := fnv.New64a()
	fmt.Fprint(where, n.asn, c.name, block)
	r := rand.New(rand.NewPCG(w.seed, where.Sum64()))
	lat, lon := displaced(r, c.lat, c.lon, float64(miss))
	return line{
		address: fmt.Sprintf("%d/%s/%d", n.asn, c.name, nth),
		place: symbolon.Place{
			Location: c.name + ", " + c.country, Country: c.country, Latitude: lat, Longitude: lon, Radius: radius,
			TimeZone: c.zone, ASN: n.asn, Network: n.name,
		},
	}
}

// mobileLine is the address that a carrier's customer has right now: one of a pool that
// it shares with many, seemingly in any city of the country.
func (w *world) mobileLine(r *rand.Rand, n network, country string) line {
	nth := r.IntN(mobilePool)
	near := rand.New(rand.NewPCG(uint64(n.asn), uint64(nth)))
	return w.lineOf(n, cityOf(near, country), nth)
}

// exit is an address of a VPN or of a rented server in the country.
func (w *world) exit(r *rand.Rand, country string) line {
	l := w.lineOf(one(r, w.hosting), cityOf(r, country), r.IntN(40))
	l.place.Anonymous = chance(r, listKnowsVPN)
	return l
}

// proxy is an address that somebody's home or phone in the city lends.
func (w *world) proxy(r *rand.Rand, c city) line {
	var l line
	if chance(r, proxyMobile) {
		l = w.mobileLine(r, pick(r, w.mobile[c.country]), c.country)
	} else {
		l = w.lineOf(pick(r, w.fixed[c.country]), c, r.IntN(1<<20))
	}
	l.place.Anonymous = chance(r, listKnowsRes)
	return l
}
