package registry

import (
	"time"

	"github.com/symbolon-id/symbolon"
)

// uses tell when and how often a device had been used by the time of a decision.
type uses struct {
	last   map[symbolon.DeviceID]time.Time // the latest decision that was passed
	logins map[symbolon.DeviceID]int64     // those that were counted and not passed yet
}

func newUses() uses {
	return uses{map[symbolon.DeviceID]time.Time{}, map[symbolon.DeviceID]int64{}}
}

// count counts a login, so that it can be taken off the number that the device has now.
func (u uses) count(rec symbolon.DecisionRecord) error {
	if isLogin(rec) {
		u.logins[rec.DeviceID]++
	}
	return nil
}

// pass goes on behind a decision.
func (u uses) pass(rec symbolon.DecisionRecord) {
	if last, ok := u.last[rec.DeviceID]; !ok || rec.Event.At.After(last) {
		u.last[rec.DeviceID] = rec.Event.At
	}
	if n := u.logins[rec.DeviceID]; n > 0 && isLogin(rec) {
		u.logins[rec.DeviceID] = n - 1
	}
}

// before takes the device's use back to before the decision that comes next. When it was
// used before the first one that was read is not known.
func (u uses) before(d *symbolon.Device) {
	d.UsageCount = max(d.UsageCount-u.logins[d.ID], 0)
	d.LastUsedAt = nil
	if last, ok := u.last[d.ID]; ok {
		d.LastUsedAt = &last
	}
}

// isLogin tells whether the decision is one that a device's usage counts.
func isLogin(rec symbolon.DecisionRecord) bool {
	d, ok := rec.Event.Decided()
	return ok && d.ProofResult == symbolon.ProofValid && d.Action == symbolon.ActionLogin
}
