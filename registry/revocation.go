package registry

import (
	"context"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// RevokeUser does to each of a user's devices what the policy's matrix says for the
// cause, in one transaction, and refuses assertions from before. A blocked device
// stays blocked, and may be blocked harder.
func (r *Registry) RevokeUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID, req symbolon.RevocationRequest) (symbolon.Revocation, error) {
	s, err := r.open(ctx, c, app, opRevoke)
	if err != nil {
		return symbolon.Revocation{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Revocation{}, err
	}
	if !slices.Contains(symbolon.Causes, req.Cause) {
		return symbolon.Revocation{}, symbolon.InvalidField("cause", "must be one of %v", symbolon.Causes)
	}
	var done symbolon.Revocation
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		done = symbolon.Revocation{Cause: req.Cause, Effect: s.policy.Revocation[req.Cause], NotBefore: c.At, Devices: []symbolon.DeviceID{}}
		w := writerFor(tx, c)
		if err := w.setNotBefore(ctx, app, user, req.Cause); err != nil {
			return err
		}
		devices, err := w.devicesOf(ctx, app, user)
		if err != nil {
			return err
		}
		for _, d := range devices {
			changed, err := w.apply(ctx, d, done.Effect, req.Cause)
			if err != nil {
				return err
			}
			if changed {
				done.Devices = append(done.Devices, d.ID)
			}
		}
		e := symbolon.Event{AppID: app, Type: symbolon.EventUserRevoked, UserID: user}
		return w.append(ctx, e, eventData{"cause": req.Cause, "effect": done.Effect, "devices": len(done.Devices)})
	})
	return done, err
}

func (w writer) setNotBefore(ctx context.Context, app symbolon.AppID, user symbolon.UserID, cause symbolon.Cause) error {
	u, err := w.tx.GetUser(ctx, app, user)
	if err != nil {
		return err
	}
	u.AppID, u.ID = app, user
	u.Epoch = newEpoch()
	if w.now.After(u.NotBefore) {
		u.NotBefore = w.now
	}
	if cause == symbolon.CauseUserDeactivated && u.DeactivatedAt.IsZero() {
		u.DeactivatedAt = w.now
	}
	return w.tx.PutUser(ctx, u)
}

// apply does one cell of the revocation matrix to one device.
func (w writer) apply(ctx context.Context, d symbolon.Device, effect symbolon.Effect, cause symbolon.Cause) (changed bool, err error) {
	if d.Status == symbolon.StatusBlocked && effect != symbolon.EffectBlock {
		return false, nil
	}
	switch effect {
	case symbolon.EffectDistrust:
		_, changed, err = w.distrust(ctx, d, string(cause))
	case symbolon.EffectBlock:
		_, changed, err = w.block(ctx, d, symbolon.Block{Reason: string(cause), Cause: cause})
	case symbolon.EffectRemove:
		return true, w.remove(ctx, d, string(cause))
	}
	if err == nil && !changed && cause == symbolon.CauseUserDeactivated {
		_, err = w.tx.PutDevice(ctx, d) // a new version: a decision that read the user as active is made anew
	}
	return changed, err
}

// ReactivateUser lifts a deactivation: assertions made from now on count, and devices
// that the deactivation blocked are unblocked, without trust.
func (r *Registry) ReactivateUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.Revocation, error) {
	if _, err := r.open(ctx, c, app, opRevoke); err != nil {
		return symbolon.Revocation{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Revocation{}, err
	}
	var done symbolon.Revocation
	err := r.within(ctx, app, func(tx symbolon.Store) error {
		u, err := tx.GetUser(ctx, app, user)
		if err != nil {
			return err
		}
		done = symbolon.Revocation{Cause: symbolon.CauseUserDeactivated, Effect: symbolon.EffectKeep, NotBefore: u.NotBefore, Devices: []symbolon.DeviceID{}}
		if u.DeactivatedAt.IsZero() {
			return nil
		}
		u.AppID, u.ID, u.Epoch, u.DeactivatedAt, u.NotBefore = app, user, newEpoch(), time.Time{}, c.At
		done.NotBefore = u.NotBefore
		if err := tx.PutUser(ctx, u); err != nil {
			return err
		}
		w := writerFor(tx, c)
		if done.Devices, err = w.unblockCause(ctx, app, user, symbolon.CauseUserDeactivated); err != nil {
			return err
		}
		e := symbolon.Event{AppID: app, Type: symbolon.EventUserReactivated, UserID: user}
		return w.append(ctx, e, eventData{"devices": len(done.Devices)})
	})
	return done, err
}

func (w writer) unblockCause(ctx context.Context, app symbolon.AppID, user symbolon.UserID, cause symbolon.Cause) ([]symbolon.DeviceID, error) {
	ids := []symbolon.DeviceID{}
	devices, err := w.devicesOf(ctx, app, user)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if d.Status != symbolon.StatusBlocked || d.Block.Cause != cause {
			continue
		}
		if _, err := w.unblock(ctx, d); err != nil {
			return nil, err
		}
		ids = append(ids, d.ID)
	}
	return ids, nil
}
