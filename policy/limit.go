package policy

import (
	"cmp"
	"fmt"
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
// place nor gives one.
//
// The error is ErrDeviceLimitReached. Under user_choose it holds in Choices the devices
// that could make room for the limit that is exceeded, the longest unused first.
func Admit(have []symbolon.Device, kind symbolon.DeviceType, l symbolon.LimitPolicy) (evict []symbolon.Device, err error) {
	active := activeOf(have)
	for _, limit := range []limit{ofType(kind, l), ofAll(l)} {
		over := limit.over(active, 1)
		if over <= 0 {
			continue
		}
		if l.Overflow != symbolon.OverflowEvictLRU {
			return nil, limit.reached(active, over, l.Overflow)
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

func ofType(kind symbolon.DeviceType, l symbolon.LimitPolicy) limit {
	return limit{l.PerType[kind], "devices of type " + string(kind), func(d symbolon.Device) bool { return d.Type == kind }}
}

func ofAll(l symbolon.LimitPolicy) limit {
	return limit{l.Devices, "devices", func(symbolon.Device) bool { return true }}
}

// over is by how many the active devices and so many more exceed the limit.
func (l limit) over(active []symbolon.Device, more int) int {
	if l.most == 0 {
		return 0
	}
	n := more
	for _, d := range active {
		if l.matches(d) {
			n++
		}
	}
	return n - l.most
}

// reached is the error for a device that is one too many, where n would have to go for it.
func (l limit) reached(active []symbolon.Device, n int, o symbolon.Overflow) error {
	err := symbolon.Errorf(symbolon.ErrDeviceLimitReached, "the user has as many %s as the policy allows (%d)", l.what, l.most)
	if o == symbolon.OverflowChoose {
		err.Message += fmt.Sprintf("; name %d of the choices in replace to make room", n)
		err.Choices, _ = l.evict(active, len(active))
	}
	return err
}

// Overfull is how many active devices would have to go for the user's to fit the limits:
// what a lower limit would mean.
func Overfull(have []symbolon.Device, l symbolon.LimitPolicy) int {
	active := activeOf(have)
	before := len(active)
	for kind := range l.PerType {
		byType := ofType(kind, l)
		_, active = byType.evict(active, byType.over(active, 0))
	}
	all := ofAll(l)
	_, active = all.evict(active, all.over(active, 0))
	return before - len(active)
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
