package placetest

import (
	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
)

// Pretend is a place that the demo can pretend a request to come from.
type Pretend struct {
	Name    string // for people
	Address string // that the files of [WriteDemo] place there
}

// demo is the world of the demo, in the networks and AS numbers that are kept free for
// examples (RFC 5737, 3849 and 5398). London has no time zone, so that whoever tries the
// demo is at home there with a clock of any.
var demo = []struct {
	Pretend
	network string
	place   symbolon.Place
}{
	{Pretend{"At home in London", "203.0.113.10"}, "203.0.113.0/26", symbolon.Place{
		Location: "London, ENG, UK", Country: "GB", Latitude: 51.5074, Longitude: -0.1278, Radius: 10,
		ASN: 64496, Network: "Thames Broadband",
	}},
	{Pretend{"London, on a mobile network", "203.0.113.70"}, "203.0.113.64/26", symbolon.Place{
		Location: "London, ENG, UK", Country: "GB", Latitude: 51.5074, Longitude: -0.1278, Radius: 100,
		ASN: 64497, Network: "Pigeon Mobile",
	}},
	{Pretend{"Lisbon, Portugal", "198.51.100.10"}, "198.51.100.0/26", symbolon.Place{
		Location: "Lisbon, Portugal", Country: "PT", Latitude: 38.7223, Longitude: -9.1393, Radius: 20,
		TimeZone: "Europe/Lisbon", ASN: 64498, Network: "Tejo Fibra",
	}},
	{Pretend{"San Francisco, USA", "198.51.100.70"}, "198.51.100.64/26", symbolon.Place{
		Location: "San Francisco, CA, USA", Country: "US", Latitude: 37.7749, Longitude: -122.4194, Radius: 20,
		TimeZone: "America/Los_Angeles", ASN: 64499, Network: "Golden Gate Cable",
	}},
	{Pretend{"Tokyo, Japan", "192.0.2.10"}, "192.0.2.0/26", symbolon.Place{
		Location: "Tokyo, Japan", Country: "JP", Latitude: 35.6762, Longitude: 139.6503, Radius: 20,
		TimeZone: "Asia/Tokyo", ASN: 64500, Network: "Sumida Net",
	}},
	{Pretend{"An anonymous network", "192.0.2.200"}, "192.0.2.192/26", symbolon.Place{
		Location: "Amsterdam, NH, Netherlands", Country: "NL", Latitude: 52.3676, Longitude: 4.9041, Radius: 20,
		TimeZone: "Europe/Amsterdam", ASN: 64501, Network: "Nobody's Hosting", Anonymous: true,
	}},
	{Pretend{"Berlin, Germany, by IPv6", "2001:db8:49:30::10"}, "2001:db8:49::/48", symbolon.Place{
		Location: "Berlin, BE, Germany", Country: "DE", Latitude: 52.52, Longitude: 13.405, Radius: 20,
		TimeZone: "Europe/Berlin", ASN: 64502, Network: "Spree Glasfaser",
	}},
}

// Demo lists the pretended places. The first is home: where the demo's customers are
// unless they pretend.
func Demo() []Pretend {
	list := make([]Pretend, 0, len(demo))
	for _, d := range demo {
		list = append(list, d.Pretend)
	}
	return list
}

// WriteDemo makes the files of the demo's places in the folder.
func WriteDemo(folder string) (place.Config, error) {
	places := map[string]symbolon.Place{}
	for _, d := range demo {
		places[d.network] = d.place
	}
	return Write(folder, places)
}
