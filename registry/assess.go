package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/risk"
)

// Places tells where an address is. What it does not know is the zero place, never an
// error.
type Places interface {
	Lookup(address string) symbolon.Place
}

type nowhere struct{}

func (nowhere) Lookup(string) symbolon.Place { return symbolon.Place{} }

// assessment is how odd a request looks, and what that was read from. The zero value is
// that of a request which nobody assessed.
type assessment struct {
	scene   risk.Scene
	history risk.History
	risk    symbolon.Risk
}

func assess(s risk.Scene, h risk.History, p symbolon.RiskPolicy) assessment {
	return assessment{s, h, risk.Assess(s, h, p)}
}

// explained is every signal that was read; none where nothing was assessed.
func (a assessment) explained(p symbolon.RiskPolicy) []symbolon.SignalRead {
	if a.scene.Now.IsZero() {
		return nil
	}
	return risk.Explain(a.scene, a.history, p)
}

// assessKnown looks at a request on which the device showed its key.
func (r *Registry) assessKnown(q question, f policy.Facts) assessment {
	s := r.scene(q, f.Proof)
	s.ManufacturerID = f.Device.ManufacturerID
	s.UserRate = r.rates.users.count(rateKeyOf(q.app, string(q.user)), q.now) + 1
	s.DeviceRate = r.rates.devices.count(rateKeyOf(q.app, string(f.Device.ID)), q.now) + 1
	return assess(s, risk.History{Device: f.Device, Around: f.Around}, q.set.policy.Risk)
}

// assessUnknown looks at a request without a device before the user's other devices. It
// is done for those only who get the whole answer and say themselves who the user is: a
// client could tell by the time whether there are any. Garbage and replays are denied
// without a look.
func (r *Registry) assessUnknown(ctx context.Context, q question, f *policy.Facts) (assessment, error) {
	if !q.named || !q.caller.Staff() || q.result == symbolon.ProofInvalid || f.Proof == symbolon.ProofReplayed {
		return assessment{}, nil
	}
	devices, err := r.store.ListUserDevices(ctx, q.app, q.user)
	if err != nil {
		return assessment{}, err
	}
	h := around(devices, q.now)
	s := r.scene(q, f.Proof)
	s.UserRate = r.rates.users.count(rateKeyOf(q.app, string(q.user)), q.now)
	f.Around = h.Around
	return assess(s, h, q.set.policy.Risk), nil
}

// around is the history of a user without one of a device.
func around(devices []symbolon.Device, now time.Time) risk.History {
	var h risk.History
	for _, d := range devices {
		if d.Status == symbolon.StatusActive {
			h.Around.UserDevices = min(h.Around.UserDevices+1, symbolon.MaxAround)
			h.Visits = append(h.Visits, d.History)
			if d.Traits != "" {
				h.OtherTraits = append(h.OtherTraits, d.Traits)
			}
		}
	}
	for _, d := range lastBlocked(devices, now) {
		h.Around.Blocked = append(h.Around.Blocked, symbolon.BlockedDevice{ManufacturerID: d.ManufacturerID, Traits: d.Traits})
	}
	return h
}

// lastBlocked are those that are blocked still, the latest first, as many as count.
func lastBlocked(devices []symbolon.Device, now time.Time) []symbolon.Device {
	blocked := slices.DeleteFunc(slices.Clone(devices), func(d symbolon.Device) bool {
		return d.Status != symbolon.StatusBlocked || d.BlockEnded(now)
	})
	slices.SortStableFunc(blocked, func(a, b symbolon.Device) int { return blockedAt(b).Compare(blockedAt(a)) })
	return blocked[:min(len(blocked), symbolon.MaxBlocked)]
}

func blockedAt(d symbolon.Device) time.Time {
	if d.Block == nil {
		return time.Time{}
	}
	return d.Block.At
}

// scene is what the request shows, and what happened lately around it.
func (r *Registry) scene(q question, result symbolon.ProofResult) risk.Scene {
	s := risk.Scene{
		Now: q.now, Proof: result, Conn: q.seen.conn, Client: q.seen.client, Signals: q.seen.signals,
		Traits: q.seen.traits, Place: q.seen.place, AddressRate: q.addressRate,
	}
	if q.proof.Proof != nil {
		key := rateKeyOf(q.app, q.proof.KeyID)
		s.Failures, s.Replays = r.rates.failures.count(key, q.now), r.rates.replays.count(key, q.now)
	}
	return s
}

// asked counts the request for its address, and gives how many came from there lately.
func (r *Registry) asked(q question) int {
	if q.seen.address == "" {
		return 0
	}
	return r.rates.addresses.add(rateKeyOf(q.app, networkOf(q.seen.address)), q.now)
}

// proved counts a valid proof that was recorded.
func (r *Registry) proved(q question, d symbolon.Device) {
	r.rates.users.add(rateKeyOf(q.app, string(d.UserID)), q.now)
	r.rates.devices.add(rateKeyOf(q.app, string(d.ID)), q.now)
}

// failed counts a proof that was not good, for the key that it names: alike whether there
// is such a key or not.
func (r *Registry) failed(q question, result symbolon.ProofResult) {
	if q.proof.Proof == nil {
		return
	}
	key := rateKeyOf(q.app, q.proof.KeyID)
	switch result {
	case symbolon.ProofInvalid, symbolon.ProofUnknownKey:
		r.rates.failures.add(key, q.now)
	case symbolon.ProofReplayed:
		r.rates.replays.add(key, q.now)
	}
}

// maxNamed is how many reasons a revocation names.
const maxNamed = 6

// distrustedFor is why trust ended, in the form "risk 78: impossible_travel, os_changed":
// the strongest reasons first.
func distrustedFor(found symbolon.Risk) string {
	var codes []string
	for _, reason := range found.Reasons {
		if reason.Points > 0 && len(codes) < maxNamed {
			codes = append(codes, reason.Code)
		}
	}
	return fmt.Sprintf("risk %d: %s", found.Score, strings.Join(codes, ", "))
}
