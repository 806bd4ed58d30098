package registry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// makeRoom holds a device that comes in against the limits, and removes who has to go
// for it.
func (w writer) makeRoom(ctx context.Context, d symbolon.Device, others []symbolon.Device, s *settings) error {
	limits := s.policy.Limits
	if d.Status == symbolon.StatusPending {
		if err := policy.AdmitPending(others, w.now); err != nil || limits.Overflow != symbolon.OverflowReject {
			return err // who waits evicts nobody
		}
		_, err := policy.Admit(others, d.Type, limits)
		return err
	}
	evict, err := policy.Admit(others, d.Type, limits)
	if err != nil {
		return s.choicesForSelf(err, w.now)
	}
	for _, gone := range evict {
		if err := w.remove(ctx, gone, "evicted: the user's device limit"); err != nil {
			return err
		}
	}
	return nil
}

// choicesForSelf shows the devices of which one may be replaced as their user may see them.
func (s *settings) choicesForSelf(err error, now time.Time) error {
	var own *symbolon.Error
	if !errors.As(err, &own) || len(own.Choices) == 0 {
		return err
	}
	shown := *own
	shown.Choices = make([]symbolon.Device, len(own.Choices))
	for i, d := range own.Choices {
		shown.Choices[i] = s.shown(d, now).ForSelf(false)
	}
	return &shown
}

// checkReplace refuses what can be refused without a look at the devices.
func checkReplace(named []symbolon.DeviceID, l symbolon.LimitPolicy) error {
	switch {
	case len(named) == 0:
		return nil
	case l.Overflow != symbolon.OverflowChoose:
		return symbolon.InvalidField("replace", "may be given only where the policy's limits.overflow is user_choose; it is %s", l.Overflow)
	case len(named) > symbolon.MaxLimit:
		return symbolon.InvalidField("replace", "must have at most %d entries", symbolon.MaxLimit)
	}
	for i, id := range named {
		if slices.Contains(named[:i], id) {
			return symbolon.InvalidField("replace", "must name each device once")
		}
	}
	return nil
}

// replace removes the devices that the user chose to make room for the newcomer, and
// gives the others. It takes no more of them than have to go, and none where none has to:
// one assertion does not sweep a user's devices away.
func (w writer) replace(ctx context.Context, d symbolon.Device, others []symbolon.Device, n newcomer) ([]symbolon.Device, error) {
	if len(n.replace) == 0 {
		return others, nil
	}
	if d.Status == symbolon.StatusPending {
		return nil, symbolon.InvalidField("replace", "can't be given for a device that has to wait for approval: who waits removes nobody")
	}
	most, err := haveToGo(d, others, n.set.policy.Limits)
	switch {
	case err != nil:
		return nil, err
	case most == 0:
		return others, nil
	case len(n.replace) > most:
		return nil, symbolon.InvalidField("replace", "names %d devices; at most %d may go for this one", len(n.replace), most)
	}
	for _, id := range n.replace {
		i := slices.IndexFunc(others, func(o symbolon.Device) bool { return o.ID == id })
		if i < 0 {
			return nil, symbolon.InvalidField("replace", "must name devices of this user; %q is none of them", id)
		}
		if err := n.mayReplace(others[i]); err != nil {
			return nil, err
		}
		if err := w.remove(ctx, others[i], "replaced by its user"); err != nil {
			return nil, err
		}
		others = slices.Delete(others, i, i+1)
	}
	return others, nil
}

// haveToGo is how many of the others it takes to let the device in.
func haveToGo(d symbolon.Device, others []symbolon.Device, limits symbolon.LimitPolicy) (int, error) {
	limits.Overflow = symbolon.OverflowEvictLRU
	gone, err := policy.Admit(others, d.Type, limits)
	return len(gone), err
}

// mayReplace is nil if the device may go for the newcomer. One whose trust stands goes only
// with a fresh second factor, as by any other device that acts on it.
func (n newcomer) mayReplace(d symbolon.Device) error {
	switch d.Status {
	case symbolon.StatusActive:
		state := d.TrustAt(n.now, n.set.policy.Trust)
		if n.fresh || state != symbolon.TrustActive && state != symbolon.TrustPaused {
			return nil
		}
		return &symbolon.Error{Code: symbolon.ErrForbidden, Field: "replace", Message: "replace names a trusted device; to replace it, pass the second factor again, or choose one that is not trusted"}
	case symbolon.StatusBlocked:
		return &symbolon.Error{Code: symbolon.ErrDeviceBlocked, Field: "replace", Message: "replace names a blocked device, which stays; only active ones make room"}
	}
	return &symbolon.Error{Code: symbolon.ErrConflict, Field: "replace", Message: "replace names a device that is " + string(d.Status) + "; only active ones make room"}
}
