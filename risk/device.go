package risk

import (
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

const day = 24 * time.Hour

// What makes a device new, dormant, shared or one of many.
const (
	newFor = day

	dormantAfter = 90 * day // a quarter: longer than holidays and most sick leaves
	dormantFull  = 365 * day

	sharedFrom = 4 // a household's browser has two or three users
	sharedFull = 10

	manyFrom = 16 // who clears browsers often collects devices up to the default limit of 20
	manyFull = 30
)

// A place is often visited where a device was for a week, and lately still.
const (
	oftenSpan = 7 * day
	oftenLast = 30 * day
)

// unknownDevice weighs a third less where the user's other devices often are, and another
// third less where it looks like one of them, as after its browser's data was cleared.
// Either can be imitated, so that neither makes it known.
func unknownDevice(s *sight) (int, string) {
	if s.Device != nil {
		return 0, ""
	}
	weight, detail := 100, s.whyUnknown()
	if s.often() {
		weight -= 33
		detail += " The user's other devices are often on this network."
	}
	if s.likeAnother() {
		weight -= 33
		detail += " It looks like a device that the user has."
	}
	return weight, detail
}

func (s *sight) whyUnknown() string {
	switch s.Proof {
	case symbolon.ProofMissing, "":
		return "The request proves no key."
	case symbolon.ProofUnknownKey:
		return "The user has no device with this key."
	}
	return "The proof does not hold, so it shows no device."
}

func (s *sight) often() bool {
	for _, h := range s.past {
		for _, v := range h.Visits {
			if s.isHere(v) && v.Last.Sub(v.First) >= oftenSpan && s.Now.Sub(v.Last) < oftenLast {
				return true
			}
		}
	}
	return false
}

func (s *sight) likeAnother() bool {
	return slices.ContainsFunc(s.OtherTraits, func(traits string) bool { return near(readTraits(traits), s.looks) })
}

// newDevice weighs half where the user has no other device: someone's first device is
// always new.
func newDevice(s *sight) (int, string) {
	if s.Device == nil {
		return 0, ""
	}
	detail := "It shows its key for the first time."
	if s.Device.ProvenAt != nil {
		age := s.Now.Sub(s.Device.CreatedAt)
		if age >= newFor {
			return 0, ""
		}
		detail = "Registered " + lasting(age) + " ago."
	}
	if s.Around.UserDevices == 1 {
		return 50, detail + " The user has no other device."
	}
	return 100, detail
}

func dormantDevice(s *sight) (int, string) {
	if s.Device == nil {
		return 0, ""
	}
	days := int(s.Now.Sub(s.Device.LastSeen()) / day)
	weight := ramp(days, int(dormantAfter/day), int(dormantFull/day), 50)
	if weight == 0 {
		return 0, ""
	}
	return weight, "Not used for " + count(days, "day") + "."
}

// sharedDevice counts users, of the key and of the hardware.
func sharedDevice(s *sight) (int, string) {
	users := max(s.Around.KeyUsers, s.Around.HardwareUsers)
	weight := ramp(users, sharedFrom, sharedFull, 40)
	switch {
	case weight == 0:
		return 0, ""
	case s.Around.KeyUsers == users:
		return weight, count(users, "user") + " have this key."
	}
	return weight, count(users, "user") + " have a device on this hardware."
}

func tooManyDevices(s *sight) (int, string) {
	n := s.Around.UserDevices
	weight := ramp(n, manyFrom, manyFull, 40)
	if weight == 0 {
		return 0, ""
	}
	return weight, "The user has " + count(n, "active device") + "."
}
