package symbolon

import (
	"slices"
	"time"
)

// MaxVisits bounds the history of a device, whatever its age.
const MaxVisits = 8

// visitStep is how exactly the end of a visit is kept. A device that stays where it is
// needs no write until then.
const visitStep = 10 * time.Minute

// History is where a device was: at most [MaxVisits] places, the latest first.
type History struct {
	Visits []Visit `json:"visits,omitempty"`
}

// Visit is a time during which a device was seen at one place: one network in one
// country. Its point and its name are the latest.
type Visit struct {
	Location  string    `json:"location,omitempty" doc:"For people"`
	Country   string    `json:"country,omitempty" doc:"ISO 3166-1 alpha-2"`
	ASN       uint32    `json:"asn,omitempty" doc:"Number of the network's autonomous system"`
	Latitude  float64   `json:"latitude,omitempty" doc:"Degrees, to one decimal"`
	Longitude float64   `json:"longitude,omitempty" doc:"Degrees, to one decimal"`
	Radius    int       `json:"radius,omitempty" doc:"Kilometres; absent where there is no point"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
}

func visit(p Place, at time.Time) Visit {
	return Visit{
		Location: p.Location, Country: p.Country, ASN: p.ASN,
		Latitude: p.Latitude, Longitude: p.Longitude, Radius: p.Radius, First: at, Last: at,
	}
}

// Misses tells whether the history has something to learn from the device's being there
// then: another place than the latest, another point, or a visit that grew.
func (h History) Misses(p Place, at time.Time) bool {
	if !p.Known() {
		return false
	}
	if len(h.Visits) == 0 {
		return true
	}
	last, now := h.Visits[0], visit(p, at)
	grown := now.Last.Sub(last.Last) >= visitStep
	now.First, now.Last = last.First, last.Last
	return grown || now != last
}

// With is the history after the device was seen there. The place that was left the
// longest ago is forgotten for another. Being told late of an earlier time changes at most
// when a visit began.
func (h History) With(p Place, at time.Time) History {
	if !p.Known() {
		return h
	}
	return h.with(visit(p, at))
}

// Cut is the history without the points and the names of the places that were left before
// then. Their countries and networks stay.
func (h History) Cut(before time.Time) History {
	visits := slices.Clone(h.Visits)
	for i, v := range visits {
		if v.Last.Before(before) {
			visits[i] = Visit{Country: v.Country, ASN: v.ASN, First: v.First, Last: v.Last}
		}
	}
	return History{Visits: visits}
}

// Joined is the history after the device was also where the other one tells of.
func (h History) Joined(other History) History {
	for _, v := range slices.Backward(other.Visits) {
		h = h.with(v)
	}
	return h
}

func (h History) with(v Visit) History {
	visits := slices.Clone(h.Visits)
	if i := slices.IndexFunc(visits, func(o Visit) bool { return o.Country == v.Country && o.ASN == v.ASN }); i >= 0 {
		v = visits[i].and(v)
		visits = slices.Delete(visits, i, i+1)
	}
	i, _ := slices.BinarySearchFunc(visits, v.Last, func(o Visit, last time.Time) int { return last.Compare(o.Last) })
	visits = slices.Insert(visits, i, v)
	return History{Visits: visits[:min(len(visits), MaxVisits)]}
}

// and is one visit of two at the same place.
func (v Visit) and(o Visit) Visit {
	if v.Last.After(o.Last) {
		v, o = o, v
	}
	if v.First.Before(o.First) {
		o.First = v.First
	}
	return o
}
