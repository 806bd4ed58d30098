package symbolon

import (
	"regexp"
	"strconv"
)

// Place is where a network address is, as far as the operator's files tell. Its zero
// value is an unknown place.
type Place struct {
	Location  string  `json:"location,omitempty" doc:"For people: San Francisco, CA, USA"`
	Country   string  `json:"country,omitempty" doc:"ISO 3166-1 alpha-2"`
	Latitude  float64 `json:"latitude,omitempty" doc:"Degrees, north positive, to one decimal: some 11 km"`
	Longitude float64 `json:"longitude,omitempty" doc:"Degrees, east positive, to one decimal"`
	Radius    int     `json:"radius,omitempty" doc:"Kilometres around the point, within which the address is likely to be; 0 where there is no point"`
	TimeZone  string  `json:"timeZone,omitempty" doc:"IANA name"`
	ASN       uint32  `json:"asn,omitempty" doc:"Number of the autonomous system that announces the address"`
	Network   string  `json:"network,omitempty" doc:"Who runs that system"`
	Anonymous bool    `json:"anonymous,omitempty" doc:"On the operator's list of networks that hide who uses them"`
}

// Known tells whether anything is known of the place.
func (p Place) Known() bool { return p != Place{} }

// HasPoint tells whether its coordinates are known.
func (p Place) HasPoint() bool { return p.Radius > 0 }

var systemForm = regexp.MustCompile(`^AS([0-9]{1,10})$`)

// ParseSystem reads the number of an autonomous system, such as AS64496.
func ParseSystem(s string) (asn uint32, ok bool) {
	digits := systemForm.FindStringSubmatch(s)
	if digits == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(digits[1], 10, 32)
	return uint32(n), err == nil && n > 0
}
