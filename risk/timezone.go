package risk

import (
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
// are not kept, so that clients can't fill it.
var zones sync.Map // name → *time.Location

// offset is how far a time zone is ahead of UTC at a moment; false where its name is not
// known.
func offset(name string, at time.Time) (time.Duration, bool) {
	zone, ok := zones.Load(name)
	if !ok {
		if name != "UTC" && !strings.Contains(name, "/") { // neither "Local" nor ""
			return 0, false
		}
		loaded, err := time.LoadLocation(name)
		if err != nil {
			return 0, false
		}
		zone, _ = zones.LoadOrStore(name, loaded)
	}
	_, seconds := at.In(zone.(*time.Location)).Zone()
	return time.Duration(seconds) * time.Second, true
}
