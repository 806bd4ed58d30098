package risk

import (
	"path"
	"strings"
	"sync"
	"time"
)

// A clock may differ from the address's by one hour, which borders and summer time make,
// and by one more for each thousand kilometres that the address may be off: that is about
// as wide as a time zone is. From three hours beyond, it weighs fully.
const (
	clockTolerance = time.Hour
	kmPerHour      = 1000
	clockFull      = 3 * time.Hour
	leastClock     = 40
)

// timeZoneMismatch compares clocks, not names: many names have one time. A browser that
// says UTC may do so to hide where it is, and so weighs half.
func timeZoneMismatch(s *sight) (int, string) {
	device, ok := offset(s.Signals.TimeZone, s.Now)
	place, known := offset(s.Place.TimeZone, s.Now)
	if !ok || !known {
		return 0, ""
	}
	tolerance := clockTolerance + time.Duration(s.Place.Radius)*time.Hour/kmPerHour
	beyond := (device - place).Abs() - tolerance
	if beyond <= 0 {
		return 0, ""
	}
	weight := ramp(int(beyond/time.Minute), 0, int(clockFull/time.Minute), leastClock)
	if hidesZone(s.Signals.TimeZone) {
		weight /= 2
	}
	return weight, "Its clock is set to " + s.Signals.TimeZone + ", and its address is in " + s.Place.TimeZone + "."
}

func hidesZone(name string) bool { return name == "UTC" || strings.HasPrefix(name, "Etc/") }

// zones are the time zones that were asked for. Names that the database does not have
// are not kept, and of the others no more than it has in one spelling each, so that clients
// can't fill it.
var zones = struct {
	sync.RWMutex
	loaded map[string]*time.Location
}{loaded: map[string]*time.Location{}}

const (
	maxZones    = 600
	maxZoneName = 64
)

// zoneNamed is false for names that are none, among them "Local" and "", and for further
// spellings of one, such as Europe//Paris.
func zoneNamed(name string) (*time.Location, bool) {
	if name != "UTC" && !isZoneName(name) {
		return nil, false
	}
	zones.RLock()
	zone, ok := zones.loaded[name]
	zones.RUnlock()
	if ok {
		return zone, true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Lock()
	defer zones.Unlock()
	if len(zones.loaded) < maxZones {
		zones.loaded[name] = zone
	}
	return zone, true
}

func isZoneName(name string) bool {
	odd := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("/_+-", c)
	}
	return len(name) <= maxZoneName && strings.Contains(name, "/") && path.Clean(name) == name && !strings.ContainsFunc(name, odd)
}

// offset is how far a time zone is ahead of UTC at a moment; false where its name is not
// known.
func offset(name string, at time.Time) (time.Duration, bool) {
	zone, ok := zoneNamed(name)
	if !ok {
		return 0, false
	}
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second, true
}
