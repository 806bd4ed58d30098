package registry

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// Self is what a user's request shows of the device it comes from.
type Self struct {
	Proof   string // of the Symbolon-Proof header, or ""
	Context symbolon.ClientContext
}

// actionSelf is what the log calls a proof that came with a self-service request.
const actionSelf = "self_service"

// oldEnough is how long a device must have been active before it may act on the user's
// other devices without a fresh second factor: a thief's new one can't sign the owner out.
const oldEnough = symbolon.Day

// self is the user of a request, and the device that it showed, if it did.
type self struct {
	caller  symbolon.Caller
	set     *settings
	current *symbolon.Device
	risk    int  // the score of the proof's decision
	doubted bool // what is odd about the request asks for a second factor
}

// self admits the caller's assertion and verifies the proof, where there is one. A proof
// that does not verify is an error: who shows one wants it to count.
func (r *Registry) self(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (self, error) {
	set, err := r.open(ctx, c, app, opMe)
	if err != nil {
		return self{}, err
	}
	if set.app.BuiltIn { // an admin's ticket registers a browser, also in a session that is held out of everything else
		return self{}, symbolon.Errorf(symbolon.ErrForbidden, "the app %s has no self-service: admins of all apps manage its devices", app)
	}
	if err := r.admitted(ctx, r.store, *c.Assertion); err != nil {
		return self{}, err
	}
	me := self{caller: c, set: set}
	if s.Proof == "" {
		return me, nil
	}
	q := question{app: app, user: me.user(), action: actionSelf, caller: c, now: c.At, set: set}
	if q.seen, err = r.look(set, s.Context, nil); err != nil {
		return self{}, err
	}
	if q.proof, err = r.examine(s.Proof, proof.Expected{App: string(app), Purpose: proof.PurposeProve, User: string(q.user)}, c.At); err != nil {
		return self{}, proofError(proofHeader, err)
	}
	d, err := r.decide(ctx, q)
	if err != nil {
		return self{}, err
	}
	me.current, me.risk = d.Device, d.Risk.Score
	me.doubted = d.Known && d.Recommendation == symbolon.RecommendChallenge
	return me, shownBy(d)
}

// proofHeader is where a self-service request carries its proof.
const proofHeader = "Symbolon-Proof"

// shownBy is nil if the decision rests on a valid proof by a device that is not refused.
func shownBy(d symbolon.Decision) error {
	switch {
	case d.ProofResult == symbolon.ProofReplayed:
		return symbolon.Errorf(symbolon.ErrChallengeReplayed, "the challenge was used before; take a fresh one")
	case d.ProofResult == symbolon.ProofUnknownKey: // the user's own list tells as much
		return &symbolon.Error{Code: symbolon.ErrDeviceUnknown, Field: proofHeader, Message: "the proof is by no device of this user; register it"}
	case d.ProofResult != symbolon.ProofValid:
		return proofError(proofHeader, proof.ErrSignature)
	case d.Recommendation == symbolon.RecommendDeny && d.Device.Status == symbolon.StatusBlocked:
		return blockedError()
	case d.Recommendation == symbolon.RecommendDeny:
		return symbolon.Errorf(symbolon.ErrForbidden, "the app's policy denies this request")
	}
	return nil
}

func (me self) app() symbolon.AppID   { return me.set.app.ID }
func (me self) user() symbolon.UserID { return me.caller.Assertion.UserID }

func (me self) is(id symbolon.DeviceID) bool { return me.current != nil && me.current.ID == id }

// mayActOn tells whether the user may change this device: the one the request comes
// from, or any with a fresh second factor or from a device that is known long enough and
// about which little is odd.
// How long counts from its first proof: a claimed record is older than its key.
func (me self) mayActOn(id symbolon.DeviceID) error {
	now := me.caller.At
	known := me.current != nil && me.current.Known()
	switch {
	case known && me.is(id), me.caller.Assertion.FreshFactor(now):
		return nil
	case known && !me.doubted && now.Sub(*me.current.ProvenAt) >= oldEnough:
		return nil
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "to change another device, pass the second factor again, or use a device that has been registered for a day")
}

// still holds what the request showed against what was revoked, blocked or rotated since:
// it is asked within the transaction of the change.
func (r *Registry) still(ctx context.Context, tx symbolon.Store, me self) error {
	if err := r.admitted(ctx, tx, *me.caller.Assertion); err != nil || me.current == nil {
		return err
	}
	d, err := tx.GetDevice(ctx, me.app(), me.current.ID)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		return proofError(proofHeader, proof.ErrSignature)
	case err != nil:
		return err
	case d.Status == symbolon.StatusBlocked:
		return blockedError()
	case d.Thumbprint != me.current.Thumbprint:
		return proofError(proofHeader, proof.ErrSignature)
	}
	return nil
}

// mine runs one change of one of the user's own devices.
func (r *Registry) mine(ctx context.Context, me self, id symbolon.DeviceID, f func(writer, symbolon.Device) (symbolon.Device, error)) (symbolon.Device, error) {
	d, err := r.change(ctx, me.caller, me.set, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if err := r.still(ctx, w.tx, me); err != nil {
			return d, err
		}
		if d.UserID != me.user() {
			return d, unknownDevice(symbolon.ErrNotFound) // another user's is as good as none
		}
		return f(w, d)
	})
	if err != nil {
		return symbolon.Device{}, err
	}
	return d.ForSelf(me.is(id)), nil
}
