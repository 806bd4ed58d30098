package registry

import (
	"context"

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
	user    symbolon.UserID
	current *symbolon.Device
	trusted bool
}

// self admits the caller's assertion and verifies the proof, where there is one. A proof
// that does not verify is an error: who shows one wants it to count.
func (r *Registry) self(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (self, error) {
	if err := allow(c, app, opMe); err != nil {
		return self{}, err
	}
	if err := admitted(ctx, r.store, *c.Assertion); err != nil {
		return self{}, err
	}
	me := self{user: c.Assertion.UserID}
	if s.Proof == "" {
		return me, nil
	}
	set, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return self{}, err
	}
	q := question{app: app, user: me.user, action: actionSelf, caller: c, now: c.At, set: set}
	if q.seen, err = look(set, s.Context, nil); err != nil {
		return self{}, err
	}
	if q.proof, err = r.examine(s.Proof, proof.Expected{App: string(app), Purpose: proof.PurposeProve, User: string(me.user)}, c.At); err != nil {
		return self{}, proofError("Symbolon-Proof", err)
	}
	d, err := r.decide(ctx, q)
	if err != nil {
		return self{}, err
	}
	return me.shown(d)
}

func (me self) shown(d symbolon.Decision) (self, error) {
	switch {
	case d.ProofResult == symbolon.ProofReplayed:
		return me, symbolon.Errorf(symbolon.ErrChallengeReplayed, "the challenge was used before; take a fresh one")
	case d.ProofResult != symbolon.ProofValid:
		return me, proofError("Symbolon-Proof", proof.ErrSignature)
	case d.Recommendation == symbolon.RecommendDeny:
		return me, blockedError()
	}
	me.current, me.trusted = d.Device, d.Trusted
	return me, nil
}

func (me self) is(id symbolon.DeviceID) bool { return me.current != nil && me.current.ID == id }

// mayActOn tells whether the user may change this device: the one the request comes
// from, or any with a fresh second factor or from a device that is known long enough.
func (me self) mayActOn(c symbolon.Caller, id symbolon.DeviceID) error {
	switch {
	case me.is(id) && me.current.Known():
		return nil
	case c.Assertion.FreshFactor(c.At):
		return nil
	case me.current != nil && me.current.Known() && c.At.Sub(me.current.CreatedAt) >= oldEnough:
		return nil
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "to change another device, pass the second factor again, or use a device that has been registered for a day")
}

// mine runs one change of one of the user's own devices.
func (r *Registry) mine(ctx context.Context, c symbolon.Caller, me self, app symbolon.AppID, id symbolon.DeviceID, f func(writer, symbolon.Device) (symbolon.Device, error)) (symbolon.Device, error) {
	d, err := r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if d.UserID != me.user {
			return d, unknownDevice(symbolon.ErrNotFound) // another user's is as good as none
		}
		return f(w, d)
	})
	if err != nil {
		return symbolon.Device{}, err
	}
	return d.ForSelf(me.is(id)), nil
}

// MyDevices gives the user's devices, saying which one asks.
func (r *Registry) MyDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (symbolon.DevicePage, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.DevicePage{}, err
	}
	items, err := r.store.ListUserDevices(ctx, app, me.user)
	for i, d := range items {
		items[i] = d.ForSelf(me.is(d.ID))
	}
	return devicePage(items, ""), err
}

// MyTrustedDevices gives the flat records of the user's devices that are or were trusted.
func (r *Registry) MyTrustedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (symbolon.TrustedDeviceList, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	return r.trustedDevices(ctx, app, me.user, c.At)
}

// MyEvents tells what happened to the user's devices, the newest first.
func (r *Registry) MyEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, before string, limit int) (symbolon.EventPage, error) {
	me, err := r.self(ctx, c, app, Self{})
	if err != nil {
		return symbolon.EventPage{}, err
	}
	return newestFirst(before, limit, func(before symbolon.EventID, limit int) ([]symbolon.Event, error) {
		return r.store.ListUserEvents(ctx, app, me.user, before, limit)
	})
}

// UpdateMine renames one of the user's devices.
func (r *Registry) UpdateMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self, p symbolon.DevicePatch) (symbolon.Device, error) {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	if p.Metadata != nil || p.PushConfig != nil {
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "a user may change a device's deviceName only")
	}
	if err := checkPatch(p); err != nil {
		return symbolon.Device{}, err
	}
	return r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if p.DeviceName == nil || *p.DeviceName == d.Name {
			return d, nil
		}
		d.Name, d.Renamed = *p.DeviceName, true
		return w.put(ctx, d, symbolon.EventDeviceUpdated, eventData{"deviceName": d.Name})
	})
}

// acting is self for a change of one device.
func (r *Registry) acting(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (self, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return self{}, err
	}
	return me, me.mayActOn(c, id)
}

// RemoveMine signs one of the user's devices out and removes it. A blocked one stays.
func (r *Registry) RemoveMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) error {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return err
	}
	_, err = r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if _, _, err := d.Move(symbolon.VerbRemove, false); err != nil {
			return d, err
		}
		return d, w.remove(ctx, d, "removed by its user")
	})
	return err
}

// TrustMine trusts the device that asks: it takes a proof by that device, and a second
// factor that was just passed.
func (r *Registry) TrustMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self, req symbolon.TrustRequest) (symbolon.Device, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	switch {
	case !me.is(id):
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "only the device that asks can be trusted; send its proof in Symbolon-Proof")
	case !c.Assertion.FreshFactor(c.At):
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "to trust a device, pass the second factor first")
	}
	set, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Device{}, err
	}
	req.Factor = c.Assertion.Factor
	return r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		return w.trust(ctx, d, set, req)
	})
}

// DistrustMine ends the trust of one of the user's devices.
func (r *Registry) DistrustMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (symbolon.Device, error) {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		d, _, err := w.distrust(ctx, d, "by its user")
		return d, err
	})
}

// ReportLost blocks one of the user's devices; only staff can unblock it.
func (r *Registry) ReportLost(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (symbolon.Device, error) {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		d, _, err := w.block(ctx, d, symbolon.Block{Reason: "reported lost by its user"})
		return d, err
	})
}

// SignOutOthers removes every active or pending device of the user but the one that asks.
func (r *Registry) SignOutOthers(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (symbolon.SignOut, error) {
	me, err := r.acting(ctx, c, app, "", s)
	if err != nil {
		return symbolon.SignOut{}, err
	}
	var done symbolon.SignOut
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		done = symbolon.SignOut{Devices: []symbolon.DeviceID{}}
		devices, err := tx.ListUserDevices(ctx, app, me.user)
		if err != nil {
			return err
		}
		for _, d := range devices {
			_, _, refused := d.Move(symbolon.VerbRemove, false)
			if refused != nil || me.is(d.ID) {
				continue
			}
			if err := writerFor(tx, c).remove(ctx, d, "signed out by its user"); err != nil {
				return err
			}
			done.Devices = append(done.Devices, d.ID)
		}
		return nil
	})
	return done, err
}

// ApproveMine lets a pending device of the user in, where policy leaves that to trusted
// devices: the proof is of purpose approve, by a trusted device, over the pending one's
// id as payload.
func (r *Registry) ApproveMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (symbolon.Device, error) {
	me, err := r.self(ctx, c, app, Self{})
	if err != nil {
		return symbolon.Device{}, err
	}
	set, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Device{}, err
	}
	if set.policy.Registration.Approval != symbolon.ApprovalTrustedDevice {
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "the app's policy leaves approval to its staff")
	}
	p, err := r.examine(s.Proof, proof.Expected{
		App: string(app), Purpose: proof.PurposeApprove, User: string(me.user), PayloadHash: proof.HashPayload([]byte(id)),
	}, c.At)
	if err != nil {
		return symbolon.Device{}, proofError("Symbolon-Proof", err)
	}
	return r.mine(ctx, c, me, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if err := approver(ctx, w, p, me.user, set); err != nil {
			return d, err
		}
		if err := p.spend(ctx, w.tx, app); err != nil {
			return d, err
		}
		return w.approve(ctx, d, set)
	})
}

// approver is nil if a trusted device of the user signed.
func approver(ctx context.Context, w writer, p shown, user symbolon.UserID, set *settings) error {
	found, err := w.tx.GetIdentity(ctx, set.app.ID, user, symbolon.KeyID(p.KeyID))
	if err != nil {
		return err
	}
	refused := proofError("Symbolon-Proof", proof.ErrSignature)
	if found.Device == nil {
		p.VerifyDummy()
		return refused
	}
	key, err := proof.ParseJWK(found.Device.PublicKey, "")
	if err != nil {
		return err
	}
	switch {
	case p.Verify(key) != nil:
		return refused
	case found.Device.TrustAt(w.now, set.policy.Trust) != symbolon.TrustActive:
		return symbolon.Errorf(symbolon.ErrForbidden, "only a trusted device can approve another")
	}
	return nil
}
