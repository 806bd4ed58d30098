package policy

import (
	"sort"
	"time"

	"github.com/symbolon-id/symbolon"
)

// MaxPending is how many devices of one user may wait for approval at a time.
const MaxPending = 5

// PendingFor is how long a device may wait for approval before it is removed.
const PendingFor = 7 * symbolon.Day

// Admit says whether one more active device of the given type fits the limits beside
// those that the user has, and which of them have to go for it, the longest unused
// first. Only active devices count and only active devices go: a blocked or pending one
// neither takes a place nor gives one. The error is ErrDeviceLimitReached.
func Admit(have []symbolon.Device, kind symbolon.DeviceType, l symbolon.LimitPolicy) (evict []symbolon.Device, err error) {
	active := activeOf(have)
	over := func(limit int, match func(symbolon.Device) bool) int {
		n := 1
		for _, d := range active {
			if match(d) {
				n++
			}
		}
		if limit == 0 {
			return 0
		}
		return n - limit
	}
	sameType := func(d symbolon.Device) bool { return d.Type == kind }
	anyType := func(symbolon.Device) bool { return true }
	if l.Overflow != symbolon.OverflowEvictLRU {
		switch {
		case over(l.PerType[kind], sameType) > 0:
			return nil, symbolon.Errorf(symbolon.ErrDeviceLimitReached, "the user has as many devices of type %s as the policy allows (%d)", kind, l.PerType[kind])
		case over(l.Devices, anyType) > 0:
			return nil, symbolon.Errorf(symbolon.ErrDeviceLimitReached, "the user has as many devices as the policy allows (%d)", l.Devices)
		}
		return nil, nil
	}
	sort.SliceStable(active, func(i, j int) bool { return active[i].LastSeen().Before(active[j].LastSeen()) })
	for _, round := range []struct {
		limit int
		match func(symbolon.Device) bool
	}{{l.PerType[kind], sameType}, {l.Devices, anyType}} {
		for n := over(round.limit, round.match); n > 0; n-- {
			var gone symbolon.Device
			gone, active = takeFirst(active, round.match)
			evict = append(evict, gone)
		}
	}
	return evict, nil
}

func activeOf(have []symbolon.Device) []symbolon.Device {
	var active []symbolon.Device
	for _, d := range have {
		if d.Status == symbolon.StatusActive {
			active = append(active, d)
		}
	}
	return active
}

func takeFirst(list []symbolon.Device, match func(symbolon.Device) bool) (symbolon.Device, []symbolon.Device) {
	for i, d := range list {
		if match(d) {
			return d, append(append([]symbolon.Device{}, list[:i]...), list[i+1:]...)
		}
	}
	return symbolon.Device{}, list
}

// AdmitPending says whether one more device may wait for approval. The error is
// ErrDeviceLimitReached.
func AdmitPending(have []symbolon.Device, now time.Time) error {
	n := 0
	for _, d := range have {
		if d.Status == symbolon.StatusPending && !PendingEnded(d, now) {
			n++
		}
	}
	if n >= MaxPending {
		return symbolon.Errorf(symbolon.ErrDeviceLimitReached, "the user has %d devices that wait for approval; approve or remove one first", n)
	}
	return nil
}

// PendingEnded tells whether the device waited too long for approval.
func PendingEnded(d symbolon.Device, now time.Time) bool {
	return d.Status == symbolon.StatusPending && now.Sub(d.CreatedAt) >= PendingFor
}

// FirstStatus is the state in which a new device of the user begins.
func FirstStatus(have []symbolon.Device, r symbolon.RegistrationPolicy) symbolon.Status {
	switch {
	case r.Approval == symbolon.ApprovalNone:
		return symbolon.StatusActive
	case r.Approval == symbolon.ApprovalTrustedDevice && !anyBound(have):
		return symbolon.StatusActive // nobody there to approve: the user's first device
	}
	return symbolon.StatusPending
}

func anyBound(have []symbolon.Device) bool {
	for _, d := range have {
		if d.Status != symbolon.StatusUnbound {
			return true
		}
	}
	return false
}
