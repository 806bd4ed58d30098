package risk

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// isHere tells whether the visit was where the request comes from: on the same network in
// the same country.
func (s *sight) isHere(v symbolon.Visit) bool {
	return v.ASN == s.Place.ASN && v.Country == s.Place.Country && v.ASN != 0
}

// beenHere tells whether a device was there, the user's others standing in for one that is
// not known.
func (s *sight) beenHere() bool {
	return slices.ContainsFunc(s.past, func(h symbolon.History) bool { return slices.ContainsFunc(h.Visits, s.isHere) })
}

// here names the place of the request for people.
func (s *sight) here() string {
	return cmp.Or(s.Place.Location, s.Place.Country, "a place without a name")
}

// Who was in so many countries or networks goes to further ones as a habit, and so a new
// one weighs half.
const (
	habitCountries = 3
	habitNetworks  = 5
)

func newCountry(s *sight) (int, string) {
	country := s.Place.Country
	if country == "" {
		return 0, ""
	}
	var room [symbolon.MaxVisits]string
	before := room[:0]
	for _, h := range s.past {
		for _, v := range h.Visits {
			if v.Country == country {
				return 0, ""
			}
			if v.Country != "" && len(before) < len(room) && !slices.Contains(before, v.Country) {
				before = append(before, v.Country)
			}
		}
	}
	if len(before) == 0 {
		return 0, ""
	}
	return habitual(len(before), habitCountries), "First time in " + s.here() + "; before in " + listed(before) + "."
}

func newNetwork(s *sight) (int, string) {
	asn := s.Place.ASN
	if asn == 0 {
		return 0, ""
	}
	var room [symbolon.MaxVisits]uint32
	before := room[:0]
	for _, h := range s.past {
		for _, v := range h.Visits {
			if v.ASN == asn {
				return 0, ""
			}
			if v.ASN != 0 && len(before) < len(room) && !slices.Contains(before, v.ASN) {
				before = append(before, v.ASN)
			}
		}
	}
	if len(before) == 0 {
		return 0, ""
	}
	return habitual(len(before), habitNetworks), "First time on the network " + s.network() + "."
}

func habitual(n, habit int) int {
	if n >= habit {
		return 50
	}
	return 100
}

func (s *sight) network() string {
	number := "AS" + strconv.FormatUint(uint64(s.Place.ASN), 10)
	if s.Place.Network == "" {
		return number
	}
	return s.Place.Network + " (" + number + ")"
}

func anonymousNetwork(s *sight) (int, string) {
	if !s.Place.Anonymous {
		return 0, ""
	}
	return 100, "On a network that hides who uses it."
}

// Travel is impossible above the speed of airliners, and beyond doubt from twice that. It
// is measured over distances that a wrong guess of a city does not make.
const (
	farEnough     = 200  // km
	fastest       = 900  // km/h
	fastestByFar  = 2000 // km/h
	leastTravel   = 40   // the weight at fastest
	shortestSpan  = time.Minute
	earthDiameter = 12742 // km
)

// impossibleTravel weighs a third where a device was here before, which is what switching
// a VPN on and off looks like, and half where another device was there: people leave
// those at home.
func impossibleTravel(s *sight) (int, string) {
	from, found := s.lastPoint()
	if !found || !s.Place.HasPoint() {
		return 0, ""
	}
	km := distance(from, s.Place)
	span := max(s.Now.Sub(from.Last), shortestSpan)
	speed := int(float64(km) / span.Hours())
	if km < farEnough || speed <= fastest {
		return 0, ""
	}
	weight := ramp(speed, fastest, fastestByFar, leastTravel)
	switch {
	case s.beenHere():
		weight /= 3
	case s.Device == nil:
		weight /= 2
	}
	return weight, "Seen in " + s.here() + " " + lasting(span) + " after " + there(from) + ", " +
		thousands(km) + " km away: " + thousands(speed) + " km/h."
}

// lastPoint is the latest visit whose coordinates are known.
func (s *sight) lastPoint() (last symbolon.Visit, found bool) {
	for _, h := range s.past {
		for _, v := range h.Visits {
			if v.Radius > 0 && (!found || v.Last.After(last.Last)) {
				last, found = v, true
			}
		}
	}
	return last, found
}

// there names the place of a visit for people.
func there(v symbolon.Visit) string { return cmp.Or(v.Location, v.Country, "another place") }

// distance is how far two places are apart at the least: along the great circle
// (haversine), less both radii.
func distance(from symbolon.Visit, to symbolon.Place) int {
	const degree = math.Pi / 180
	phi, psi := from.Latitude*degree, to.Latitude*degree
	dPhi, dLambda := psi-phi, (to.Longitude-from.Longitude)*degree
	h := square(math.Sin(dPhi/2)) + math.Cos(phi)*math.Cos(psi)*square(math.Sin(dLambda/2))
	km := earthDiameter * math.Asin(math.Sqrt(min(max(h, 0), 1)))
	return max(int(km)-from.Radius-to.Radius, 0)
}

func square(x float64) float64 { return x * x }
