package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// MyDevices gives the user's devices, saying which one asks.
func (r *Registry) MyDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (symbolon.DevicePage, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.DevicePage{}, err
	}
	items, err := r.store.ListUserDevices(ctx, app, me.user())
	if err != nil {
		return symbolon.DevicePage{}, err
	}
	for i, d := range items {
		if me.is(d.ID) {
			if d.RotateAfter, err = rotateAfter(ctx, r.store, me.set, d); err != nil {
				return symbolon.DevicePage{}, err
			}
		}
		items[i] = d.ForSelf(me.is(d.ID))
	}
	return me.set.devicePage(items, "", c.At), nil
}

// MyTrustedDevices gives the flat records of the user's devices that are or were trusted.
func (r *Registry) MyTrustedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, s Self) (symbolon.TrustedDeviceList, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	devices, err := r.store.ListUserDevices(ctx, app, me.user())
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	for i, d := range devices {
		devices[i] = d.ForSelf(me.is(d.ID))
	}
	return me.set.trusted(devices, c.At), nil
}

// MyEvents tells what happened to the user's devices, the newest first.
func (r *Registry) MyEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, before string, limit int) (symbolon.EventPage, error) {
	me, err := r.self(ctx, c, app, Self{})
	if err != nil {
		return symbolon.EventPage{}, err
	}
	return newestFirst(before, limit, func(before symbolon.EventID, limit int) ([]symbolon.Event, error) {
		events, err := r.store.ListUserEvents(ctx, app, me.user(), before, limit)
		for i := range events {
			events[i] = events[i].ForSelf()
		}
		return events, err
	})
}

// UpdateMine renames one of the user's devices.
func (r *Registry) UpdateMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self, p symbolon.DevicePatch) (symbolon.Device, error) { //nolint:revive // argument-limit: context and caller lead every operation
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
	return r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		return w.patch(ctx, d, p)
	})
}

// acting is self for a change of one device.
func (r *Registry) acting(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (self, error) {
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return self{}, err
	}
	return me, me.mayActOn(id)
}

// RemoveMine signs one of the user's devices out and removes it. A blocked one stays.
func (r *Registry) RemoveMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) error {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return err
	}
	_, err = r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if _, _, err := d.Move(symbolon.VerbRemove, false); err != nil {
			return d, err
		}
		return d, w.remove(ctx, d, "removed by its user")
	})
	return err
}

// TrustMine trusts the device that asks: it takes a proof by that device, and a second
// factor that was just passed.
func (r *Registry) TrustMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self, req symbolon.TrustRequest) (symbolon.Device, error) { //nolint:revive // argument-limit: context and caller lead every operation
	me, err := r.self(ctx, c, app, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	switch {
	case !me.is(id):
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "only the device that asks can be trusted; send its proof in Symbolon-Proof")
	case !c.Assertion.FreshFactor(c.At):
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "to trust a device, pass the second factor first")
	case me.risk >= me.set.policy.Risk.DistrustAt:
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "the request looks too odd to rest trust on; register the device again with a second factor that was just passed, then try again")
	}
	req.Factor = c.Assertion.Factor
	return r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		return w.trust(ctx, d, me.set, req)
	})
}

// DistrustMine ends the trust of one of the user's devices.
func (r *Registry) DistrustMine(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, s Self) (symbolon.Device, error) {
	me, err := r.acting(ctx, c, app, id, s)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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
	return r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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
	if me.current == nil {
		return symbolon.SignOut{}, symbolon.InvalidField(proofHeader, "must be a proof by the device that asks, which stays")
	}
	var done symbolon.SignOut
	err = r.within(ctx, me.app(), func(tx symbolon.Store) error {
		done = symbolon.SignOut{Devices: []symbolon.DeviceID{}}
		if err := r.still(ctx, tx, me); err != nil {
			return err
		}
		w := writerFor(tx, c)
		devices, err := w.devicesOf(ctx, app, me.user())
		if err != nil {
			return err
		}
		for _, d := range devices {
			_, _, refused := d.Move(symbolon.VerbRemove, false)
			if refused != nil || me.is(d.ID) {
				continue
			}
			if err := w.remove(ctx, d, "signed out by its user"); err != nil {
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
	if me.set.policy.Registration.Approval != symbolon.ApprovalTrustedDevice {
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "the app's policy leaves approval to its staff")
	}
	p, err := r.examine(s.Proof, proof.Expected{
		App: string(app), Purpose: proof.PurposeApprove, User: string(me.user()), PayloadHash: proof.HashPayload([]byte(id)),
	}, c.At)
	if err != nil {
		return symbolon.Device{}, proofError(proofHeader, err)
	}
	return r.mine(ctx, me, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if err := me.approver(ctx, w.tx, p); err != nil {
			return d, err
		}
		if err := p.spend(ctx, w.tx, app); err != nil {
			return d, err
		}
		return w.approve(ctx, d, me.set)
	})
}

// approver is nil if a trusted device of the user signed.
func (me self) approver(ctx context.Context, tx symbolon.Store, p shown) error {
	found, err := tx.GetIdentity(ctx, me.app(), me.user(), symbolon.KeyID(p.KeyID))
	if err != nil {
		return err
	}
	refused := proofError(proofHeader, proof.ErrSignature)
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
	case found.Device.Status == symbolon.StatusBlocked:
		return blockedError()
	case found.Device.TrustAt(me.caller.At, me.set.policy.Trust) != symbolon.TrustActive:
		return symbolon.Errorf(symbolon.ErrForbidden, "only a trusted device can approve another")
	}
	return nil
}
