package registry

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// Register registers the device that signed the proof for the user of the assertion.
// A key that is registered already gives the same device and false; nothing new
// happens then.
func (r *Registry) Register(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.Registration) (symbolon.Device, bool, error) {
	s, err := r.open(ctx, c, app, opRegister)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	p, err := r.examine(req.Proof, proof.Expected{App: string(app), Purpose: proof.PurposeRegister, User: string(c.Assertion.UserID)}, c.At)
	if err == nil {
		err = p.Verify(p.JWK)
	}
	if err != nil {
		return symbolon.Device{}, false, proofError("proof", err)
	}
	n, err := r.newcomer(c, s, req, p.JWK)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	var created bool
	var device symbolon.Device
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		if err := p.spend(ctx, tx, app); err != nil {
			return err
		}
		if err := r.admitted(ctx, tx, *c.Assertion); err != nil {
			return err
		}
		if device, created, err = r.enter(ctx, tx, n); err != nil {
			return err
		}
		if device.RotateAfter, err = rotateAfter(ctx, tx, s, device); err != nil || !created {
			return err
		}
		return spendTicket(ctx, tx, *c.Assertion)
	})
	if err != nil {
		return symbolon.Device{}, false, err
	}
	return s.shown(device, c.At).ForSelf(true), created, nil
}

// admitted holds the assertion against what was revoked since the user authenticated.
func (r *Registry) admitted(ctx context.Context, s symbolon.Store, a symbolon.Assertion) error {
	user, err := r.userIn(ctx, s, a.AppID, a.UserID)
	if err != nil {
		return err
	}
	if !user.Admits(a) {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "the user has to sign in again: what was shown is from before a revocation, or the user is deactivated")
	}
	return nil
}

// spendTicket lets a ticket register one device only. An honest retry never comes here:
// its key is there already. A token of an OIDC issuer is not made for one use.
func spendTicket(ctx context.Context, tx symbolon.Store, a symbolon.Assertion) error {
	if a.Issuer != "" {
		return nil
	}
	err := tx.TakeSpend(ctx, a.AppID, []byte(ticketSpendLabel+a.ID), a.Expires.Add(spendMargin))
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "the ticket has registered a device before; take a fresh one")
	}
	return err
}

func (r *Registry) newcomer(c symbolon.Caller, s *settings, req symbolon.Registration, key *proof.PublicKey) (newcomer, error) {
	n := newcomer{
		key: key, set: s, actor: c.Actor(), now: c.At, claim: req.Claim,
		trust: c.Assertion.Trust, factor: c.Assertion.Factor, fresh: c.Assertion.FreshFactor(c.At), replace: req.Replace,
	}
	if err := checkReplace(req.Replace, s.policy.Limits); err != nil {
		return n, err
	}
	seen, err := r.look(s, req.Context, req.Signals)
	if err != nil {
		return n, err
	}
	d := symbolon.Device{
		AppID: s.app.ID, UserID: c.Assertion.UserID, ProvenAt: &c.At,
		Name: req.DeviceName, Type: req.DeviceType, Platform: req.Platform,
	}
	web := req.Platform == symbolon.PlatformWeb || seen.client.Platform == string(symbolon.PlatformWeb)
	if web {
		d.Type, d.Platform = "", symbolon.PlatformWeb
	}
	if d.Metadata, err = metadataOf(req.Metadata, seen.signals); err != nil {
		return n, err
	}
	d.IPAddress, d.LastUsedAt = seen.address, &c.At
	d.Location, d.Country = seen.place.Location, seen.place.Country
	d.History = symbolon.History{}.With(seen.place, c.At)
	n.device = d
	err = r.complete(&n, seen, req.ManufacturerID)
	return n, err
}

// RegisterKey registers a key that the backend vouches for. Until its first valid proof
// the device is neither known nor trustable.
func (r *Registry) RegisterKey(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID, req symbolon.KeyRegistration) (symbolon.Device, bool, error) {
	s, err := r.open(ctx, c, app, opEnroll)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	n, err := r.enrolled(c, s, user, req)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	var created bool
	var device symbolon.Device
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		u, err := tx.GetUser(ctx, app, user)
		if err != nil {
			return err
		}
		if !u.DeactivatedAt.IsZero() {
			return symbolon.Errorf(symbolon.ErrConflict, "the user is deactivated; reactivate first")
		}
		device, created, err = r.enter(ctx, tx, n)
		return err
	})
	return s.shown(device, c.At), created, err
}

func (r *Registry) enrolled(c symbolon.Caller, s *settings, user symbolon.UserID, req symbolon.KeyRegistration) (newcomer, error) {
	n := newcomer{set: s, actor: c.Actor(), now: c.At}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return n, err
	}
	if req.KeyID != "" {
		if _, err := symbolon.ParseKeyID(string(req.KeyID)); err != nil {
			return n, err
		}
	}
	var err error
	if n.key, err = proof.ParseJWK(req.PublicKey, ""); err != nil {
		return n, &symbolon.Error{Code: symbolon.ErrInvalidRequest, Field: "publicKey", Message: "publicKey: " + err.Error()}
	}
	seen, err := r.look(s, req.Context, nil)
	if err != nil {
		return n, err
	}
	if err := checkPatch(symbolon.DevicePatch{Metadata: &req.Metadata, PushConfig: &req.PushConfig}); err != nil {
		return n, err
	}
	n.device = symbolon.Device{
		AppID: s.app.ID, UserID: user, KeyID: req.KeyID, Name: req.DeviceName, Type: req.DeviceType,
		Platform: req.Platform, Metadata: cleared(req.Metadata), PushConfig: cleared(req.PushConfig),
	}
	err = r.complete(&n, seen, req.ManufacturerID)
	return n, err
}
