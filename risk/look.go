package risk

import "fmt"

// What looks alike: at most this share of change, of components that weigh enough to tell
// two devices apart. A bare User-Agent does not.
const (
	nearShare    = 0.08
	nearInCommon = 60
)

func near(before, now looks) bool {
	d := compare(before, now)
	return d.common >= nearInCommon && d.share() <= nearShare
}

func resemblesBlocked(s *sight) (int, string) {
	weight, detail := 0, ""
	hardware := s.ManufacturerID
	if hardware == "" && s.Device != nil {
		hardware = s.Device.ManufacturerID
	}
	for _, b := range s.Around.Blocked {
		if hardware != "" && b.ManufacturerID == hardware {
			return 100, "The same hardware as a blocked device of the user."
		}
		if near(readTraits(b.Traits), s.looks) {
			weight, detail = 80, "Looks like a blocked device of the user."
		}
	}
	return weight, detail
}

// Drift weighs from 20% on where 15% has changed, and fully where 35% has. A new
// monitor and an updated system and browser together stay below; what another machine
// with the same browser changes lies between.
const (
	driftFrom = 15
	driftFull = 35
)

func fingerprintDrift(s *sight) (int, string) {
	weight := ramp(s.drift.percent(), driftFrom, driftFull, 20)
	if weight == 0 {
		return 0, ""
	}
	return weight, fmt.Sprintf("%d%% of what it looks like has changed: %s.", s.drift.percent(), listed(s.drift.names()))
}

// osChanged compares families: updates change versions. Where the device's traits and the
// request's are both sure of theirs, these decide; where not, two names of one system are
// no change.
func osChanged(s *sight) (int, string) {
	if s.Device == nil {
		return 0, ""
	}
	before, _ := familyOf(s.Device.OperatingSystem)
	now := s.Client.System
	if before == "" || now == "" || oneName(before) == oneName(now) {
		return 0, ""
	}
	same := oneSystem(before, now)
	if was, is := s.known[systemTrait], s.looks[systemTrait]; was != "" && is != "" {
		same = was == is
	}
	if same {
		return 0, ""
	}
	return 100, "It ran " + before + " before, and " + now + " now."
}

// Each major version that a browser went back weighs a quarter: one may be an update
// that was taken back.
const perMajorVersion = 25

func browserDowngraded(s *sight) (int, string) {
	if s.Device == nil {
		return 0, ""
	}
	before, was := familyOf(s.Device.Browser)
	now, is := familyOf(s.Client.Browser)
	back := major(was) - major(is)
	if before == "" || before != now || is == "" || back <= 0 {
		return 0, ""
	}
	return min(back*perMajorVersion, 100), fmt.Sprintf("%s %d before, %d now.", now, major(was), major(is))
}
