package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// MaxPending is how many devices of one user may wait for approval at a time.
const MaxPending = 5

// PendingFor is how long a device may wait for approval before it is removed.
const PendingFor = 7 * symbolon.Day

// Admit says whether one more active device of the given type fits the limits beside
// those that the user has, and which of them have to go for it, the longest unused
// first: as many as it takes, so that a limit that was lowered holds again. Only active
// devices count and only active devices go: a blocked or pending one neither takes a
// place nor gives one. The error is ErrDeviceLimitReached.
func Admit(have []symbolon.Device, kind symbolon.DeviceType, l symbolon.LimitPolicy) (evict []symbolon.Device, err error) {
	active := activeOf(have)
	limits := []limit{
		{l.PerType[kind], "devices of type " + string(kind), func(d symbolon.Device) bool { return d.Type == kind }},
		{l.Devices, "devices", func(symbolon.Device) bool { return true }},
	}
	for _, limit := range limits {
		over := limit.over(active)
		if over <= 0 {
			continue
		}
		if l.Overflow != symbolon.OverflowEvictLRU {
			return nil, symbolon.Errorf(symbolon.ErrDeviceLimitReached, "the user has as many %s as the policy allows (%d)", limit.what, limit.most)
		}
		var gone []symbolon.Device
		gone, active = limit.evict(active, over)
		evict = append(evict, gone...)
	}
	return evict, nil
}

// limit is how many of the devices that match a user may have; 0 is no limit.
type limit struct {
	most    int
	what    string
	matches func(symbolon.Device) bool
}

// over is by how many the active devices and one more exceed the limit.
func (l limit) over(active []symbolon.Device) int {
	if l.most == 0 {
		return 0
	}
	n := 1
	for _, d := range active {
		if l.matches(d) {
			n++
		}
	}
	return n - l.most
}

// evict takes the first n that match.
func (l limit) evict(active []symbolon.Device, n int) (gone, stay []symbolon.Device) {
	for _, d := range active {
		if len(gone) < n && l.matches(d) {
			gone = append(gone, d)
		} else {
			stay = append(stay, d)
		}
	}
	return gone, stay
}

// activeOf gives the active ones, the longest unused first.
func activeOf(have []symbolon.Device) []symbolon.Device {
	var active []symbolon.Device
	for _, d := range have {
		if d.Status == symbolon.StatusActive {
			active = append(active, d)
		}
	}
	slices.SortFunc(active, func(a, b symbolon.Device) int {
		return cmp.Or(a.LastSeen().Compare(b.LastSeen()), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return active
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
	case r.Approval == symbolon.ApprovalTrustedDevice && !slices.ContainsFunc(have, bound):
		return symbolon.StatusActive // nobody there to approve: the user's first device
	}
	return symbolon.StatusPending
}

func bound(d symbolon.Device) bool { return d.Status != symbolon.StatusUnbound }
