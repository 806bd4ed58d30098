package registry

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/proof"
)

// newcomer is a device on its way in.
type newcomer struct {
	device symbolon.Device
	key    *proof.PublicKey
	set    *settings
	actor  symbolon.Actor
	now    time.Time
	claim  symbolon.DeviceID
	trust  *symbolon.TrustTerms
	factor string
}

// Register registers the device that signed the proof for the user of the assertion.
// A key that is registered already gives the same device and false; nothing new
// happens then.
func (r *Registry) Register(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.Registration) (symbolon.Device, bool, error) {
	if err := allow(c, app, opRegister); err != nil {
		return symbolon.Device{}, false, err
	}
	s, err := r.settingsOf(ctx, app, c.At)
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
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		if err := p.spend(ctx, tx, app); err != nil {
			return err
		}
		if err := admitted(ctx, tx, *c.Assertion); err != nil {
			return err
		}
		device, created, err = r.enter(ctx, tx, n)
		if err != nil || !created {
			return err
		}
		return spendTicket(ctx, tx, *c.Assertion)
	})
	if err != nil {
		return symbolon.Device{}, false, err
	}
	return device.ForSelf(true), created, nil
}

// admitted holds the assertion against what was revoked since the user authenticated.
func admitted(ctx context.Context, s symbolon.Users, a symbolon.Assertion) error {
	user, err := s.GetUser(ctx, a.AppID, a.UserID)
	if err != nil {
		return err
	}
	if !user.Admits(a.AuthTime) {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "the user has to sign in again: what was shown is from before a revocation, or the user is deactivated")
	}
	return nil
}

// spendTicket lets a ticket register one device only. An honest retry never comes here:
// its key is there already.
func spendTicket(ctx context.Context, tx symbolon.Store, a symbolon.Assertion) error {
	err := tx.TakeSpend(ctx, a.AppID, []byte(ticketSpendLabel+a.ID), a.Expires.Add(spendMargin))
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "the ticket has registered a device before; take a fresh one")
	}
	return err
}

func (r *Registry) newcomer(c symbolon.Caller, s *settings, req symbolon.Registration, key *proof.PublicKey) (newcomer, error) {
	n := newcomer{
		key: key, set: s, actor: c.Actor(), now: c.At, claim: req.Claim,
		trust: c.Assertion.Trust, factor: c.Assertion.Factor,
	}
	seen, err := look(s, req.Context, req.Signals)
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
	n.device = d
	return n, r.complete(&n, seen, req.ManufacturerID)
}

// RegisterKey registers a key that the backend vouches for. Until its first valid proof
// the device is neither known nor trustable.
func (r *Registry) RegisterKey(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID, req symbolon.KeyRegistration) (symbolon.Device, bool, error) {
	if err := allow(c, app, opEnroll); err != nil {
		return symbolon.Device{}, false, err
	}
	s, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	n, err := r.enrolled(c, s, user, req)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	var created bool
	var device symbolon.Device
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
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
	return device, created, err
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
	seen, err := look(s, req.Context, nil)
	if err != nil {
		return n, err
	}
	for field, object := range map[string]json.RawMessage{"metadata": req.Metadata, "pushConfig": req.PushConfig} {
		if err := symbolon.CheckObject(field, object); err != nil {
			return n, err
		}
	}
	n.device = symbolon.Device{
		AppID: s.app.ID, UserID: user, KeyID: req.KeyID, Name: req.DeviceName, Type: req.DeviceType,
		Platform: req.Platform, Metadata: req.Metadata, PushConfig: req.PushConfig,
	}
	return n, r.complete(&n, seen, req.ManufacturerID)
}

// complete checks what the request said of the device, and fills in what it left out.
func (r *Registry) complete(n *newcomer, seen sighting, manufacturerID string) error {
	d := &n.device
	if !slices.Contains(n.set.policy.Registration.Algorithms, string(n.key.Algorithm())) {
		return symbolon.Errorf(symbolon.ErrAlgorithmNotAllowed, "the app's policy allows keys for %v, not %s", n.set.policy.Registration.Algorithms, n.key.Algorithm())
	}
	if err := symbolon.CheckOptionalText("deviceName", d.Name, symbolon.MaxText); err != nil {
		return err
	}
	d.Renamed = d.Name != ""
	if d.Type == "" {
		d.Type = symbolon.DeviceType(seen.client.DeviceType)
	}
	if d.Platform == "" {
		d.Platform = symbolon.Platform(seen.client.Platform)
	}
	if !slices.Contains(symbolon.DeviceTypes, d.Type) {
		return symbolon.InvalidField("deviceType", "must be one of %v", symbolon.DeviceTypes)
	}
	if !slices.Contains(symbolon.Platforms, d.Platform) {
		return symbolon.InvalidField("platform", "must be one of %v", symbolon.Platforms)
	}
	seen.describe(d)
	d.CreatedAt, d.UpdatedAt = n.now, n.now
	d.KeyStorage = storageOf(d.Platform)
	var err error
	d.ManufacturerID, d.EndpointID, err = r.hardware(d.AppID, manufacturerID)
	return err
}

// storageOf is where a key of that platform lives, as long as nothing attests better.
func storageOf(p symbolon.Platform) symbolon.KeyStorage {
	if p == symbolon.PlatformWeb {
		return symbolon.StorageBrowser
	}
	return symbolon.StorageSoftware
}

// enter is the heart of registering, within one transaction: the same device if the key
// is the user's already, else a new one if blocks, tombstones and limits let it in.
func (r *Registry) enter(ctx context.Context, tx symbolon.Store, n newcomer) (symbolon.Device, bool, error) {
	key, isNew, err := keyOf(ctx, tx, n)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	n.device.KeyID = key.ID
	found, err := tx.GetIdentity(ctx, n.device.AppID, n.device.UserID, key.ID)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	if found.Device != nil {
		d, err := again(ctx, tx, *found.Device, n)
		return d, false, err
	}
	if key.BlockedAt != nil {
		return symbolon.Device{}, false, blockedError()
	}
	if err := r.notBuried(ctx, tx, n); err != nil {
		return symbolon.Device{}, false, err
	}
	if isNew {
		if _, err := tx.PutKey(ctx, key); err != nil {
			return symbolon.Device{}, false, err
		}
	}
	d, err := settle(ctx, tx, n)
	return d, true, err
}

func blockedError() error {
	return symbolon.Errorf(symbolon.ErrDeviceBlocked, "the device is blocked; support staff can lift the block")
}

// keyOf finds the newcomer's key, or makes its record. One key has one id per app and
// the other way round; a key that was rotated away stays refused.
func keyOf(ctx context.Context, tx symbolon.Store, n newcomer) (key symbolon.Key, isNew bool, err error) {
	app, thumbprint := n.device.AppID, n.key.Thumbprint()
	key, past, err := tx.GetKeyByThumbprint(ctx, app, thumbprint)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		id := n.device.KeyID
		if id == "" {
			id = symbolon.KeyID(thumbprint)
		}
		return symbolon.Key{
			AppID: app, ID: id, Thumbprint: thumbprint, PublicKey: n.key.JWK(),
			Storage: n.device.KeyStorage, CreatedAt: n.now,
		}, true, nil
	case err != nil:
		return symbolon.Key{}, false, err
	case past:
		return symbolon.Key{}, false, symbolon.Errorf(symbolon.ErrConflict, "this key was replaced by rotation and is refused since")
	case n.device.KeyID != "" && n.device.KeyID != key.ID:
		return symbolon.Key{}, false, symbolon.Errorf(symbolon.ErrConflict, "this public key is registered under another keyId")
	}
	return key, false, nil
}

// again is what registering a key that the user has already comes to.
func again(ctx context.Context, tx symbolon.Store, d symbolon.Device, n newcomer) (symbolon.Device, error) {
	if d.BlockEnded(n.now) {
		var err error
		if d, err = system(tx, n.now).unblock(ctx, d); err != nil {
			return symbolon.Device{}, err
		}
	}
	if d.Status == symbolon.StatusBlocked {
		return symbolon.Device{}, blockedError()
	}
	if d.ProvenAt == nil && n.device.ProvenAt != nil { // a backend enrolled it; now it showed its key
		d.ProvenAt, d.UpdatedAt = &n.now, n.now
		return tx.PutDevice(ctx, d)
	}
	return d, nil
}

// settle stores the new device, in the state that policy gives it, with its events.
func settle(ctx context.Context, tx symbolon.Store, n newcomer) (symbolon.Device, error) {
	have, err := tx.ListUserDevices(ctx, n.device.AppID, n.device.UserID)
	if err != nil {
		return symbolon.Device{}, err
	}
	d, how, err := n.claimed(have)
	if err != nil {
		return symbolon.Device{}, err
	}
	others := slices.DeleteFunc(have, func(o symbolon.Device) bool { return o.ID == d.ID })
	d.Status = policy.FirstStatus(others, n.set.policy.Registration)
	if err := makeRoom(ctx, tx, d, others, n); err != nil {
		return symbolon.Device{}, err
	}
	if n.trust != nil && d.Status == symbolon.StatusActive && d.ProvenAt != nil {
		if d.Trust, err = grantTerms(d.Trust, *n.trust, n.set, n.now); err != nil {
			return symbolon.Device{}, err
		}
		d.Trust.Factor = n.factor
	}
	if d, err = tx.PutDevice(ctx, d); err != nil {
		return symbolon.Device{}, err
	}
	w := writer{tx: tx, actor: n.actor, now: n.now}
	if err := w.tell(ctx, how, d, eventData{"status": d.Status, "keyId": d.KeyID, "deviceName": d.Name, "deviceType": d.Type}); err != nil {
		return symbolon.Device{}, err
	}
	if d.Trust != nil && d.Trust.RevokedAt == nil {
		err = w.tell(ctx, symbolon.EventDeviceTrusted, d, eventData{"until": d.Trust.TrustedUntil, "factor": d.Trust.Factor})
	}
	return d, err
}

// makeRoom holds the newcomer against the limits, and removes who has to go for it.
func makeRoom(ctx context.Context, tx symbolon.Store, d symbolon.Device, others []symbolon.Device, n newcomer) error {
	if d.Status == symbolon.StatusPending {
		return policy.AdmitPending(others, n.now)
	}
	evict, err := policy.Admit(others, d.Type, n.set.policy.Limits)
	if err != nil {
		return err
	}
	w := writer{tx: tx, actor: n.actor, now: n.now}
	for _, gone := range evict {
		if err := w.remove(ctx, gone, "evicted: the user's device limit"); err != nil {
			return err
		}
	}
	return nil
}

// claimed is the record that the newcomer becomes: a fresh one, or an imported one of
// the same user that it claims. What that one had of trust ends: nothing shows that it
// was this key's.
func (n newcomer) claimed(have []symbolon.Device) (symbolon.Device, symbolon.EventType, error) {
	d := n.device
	if n.claim == "" {
		d.ID = symbolon.NewDeviceID()
		return d, symbolon.EventDeviceRegistered, nil
	}
	i := slices.IndexFunc(have, func(o symbolon.Device) bool { return o.ID == n.claim })
	if i < 0 {
		return d, "", symbolon.Errorf(symbolon.ErrNotFound, "claim names no device of this user")
	}
	old := have[i]
	if _, _, err := old.Move(symbolon.VerbClaim, false); err != nil {
		return d, "", err
	}
	d.ID, d.Version, d.CreatedAt = old.ID, old.Version, old.CreatedAt
	d.Trust, d.UsageCount, d.LastVerifiedAt = endTrust(old.Trust, n.now, "the record was claimed by a new key", n.actor), old.UsageCount, old.LastVerifiedAt
	if n.device.Name == "" || !n.device.Renamed {
		d.Name, d.Renamed = old.Name, old.Renamed
	}
	if len(d.Metadata) == 0 {
		d.Metadata = old.Metadata
	}
	return d, symbolon.EventDeviceClaimed, nil
}
