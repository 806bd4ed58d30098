package registry

import (
	"bytes"
	"context"
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
	seen   sighting
	claim  symbolon.DeviceID
	trust  *symbolon.TrustTerms
	factor string
	fresh  bool // the factor was passed just now

	replace []symbolon.DeviceID
}

func (n newcomer) writer(tx symbolon.Store) writer {
	return writer{tx: tx, actor: n.actor, now: n.now}
}

// complete checks what the request said of the device, and fills in what it left out.
func (r *Registry) complete(n *newcomer, seen sighting, manufacturerID string) error {
	d := &n.device
	if err := n.set.allows(n.key); err != nil {
		return err
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
	n.seen = seen
	seen.describe(d)
	d.CreatedAt, d.UpdatedAt = n.now, n.now
	d.KeyStorage = storageOf(d.Platform)
	var err error
	d.ManufacturerID, d.EndpointID, err = r.hardware(d.AppID, manufacturerID)
	return err
}

// allows refuses keys for an algorithm that the app's policy does not name.
func (s *settings) allows(key *proof.PublicKey) error {
	if may := s.policy.Registration.Algorithms; !slices.Contains(may, string(key.Algorithm())) {
		return symbolon.Errorf(symbolon.ErrAlgorithmNotAllowed, "the app's policy allows keys for %v, not %s", may, key.Algorithm())
	}
	return nil
}

// storageOf is where a key of that platform lives, as long as nothing attests better.
func storageOf(p symbolon.Platform) symbolon.KeyStorage {
	if p == symbolon.PlatformWeb {
		return symbolon.StorageBrowser
	}
	return symbolon.StorageSoftware
}

// enter is the heart of registering, within one transaction: the same device if the key
// is the user's already, else a new one if it is let in.
func (r *Registry) enter(ctx context.Context, tx symbolon.Store, n newcomer) (symbolon.Device, bool, error) {
	key, isNew, err := keyOf(ctx, tx, n)
	if err != nil {
		return symbolon.Device{}, false, err
	}
	n.device.KeyID = key.ID
	if isNew {
		return r.admit(ctx, tx, n, key)
	}
	found, err := tx.GetIdentity(ctx, n.device.AppID, n.device.UserID, key.ID)
	switch {
	case err != nil:
		return symbolon.Device{}, false, err
	case found.Device == nil:
		return r.admit(ctx, tx, n, key)
	case policy.PendingEnded(*found.Device, n.now):
		if err := system(tx, n.now).remove(ctx, *found.Device, notApproved); err != nil {
			return symbolon.Device{}, false, err
		}
		return r.enter(ctx, tx, n) // anew: its key may have gone with it
	}
	d, err := r.again(ctx, tx, found, n)
	return d, false, err
}

// admit lets a new device in, if blocks, tombstones and limits do.
func (r *Registry) admit(ctx context.Context, tx symbolon.Store, n newcomer, key symbolon.Key) (_ symbolon.Device, created bool, err error) {
	if key.BlockedAt != nil {
		return symbolon.Device{}, false, blockedError()
	}
	if err := r.notBuried(ctx, tx, n.device, n.key.Thumbprint()); err != nil {
		return symbolon.Device{}, false, err
	}
	if key.Version == 0 {
		if key, err = tx.PutKey(ctx, key); err != nil { // ErrConflict if its id names another key
			return symbolon.Device{}, false, err
		}
	}
	n.device.KeyStorage, n.device.PublicKey, n.device.Thumbprint = key.Storage, key.PublicKey, key.Thumbprint
	d, err := settle(ctx, n.writer(tx), n)
	return d, err == nil, err
}

func blockedError() error {
	return symbolon.Errorf(symbolon.ErrDeviceBlocked, "the device is blocked; support staff can lift the block")
}

// keyOf finds the newcomer's key, or makes its record, not yet stored. One key has one id
// per app and the other way round; a key that was rotated away stays refused.
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
	case !bytes.Equal(key.PublicKey, n.key.JWK()):
		return symbolon.Key{}, false, symbolon.Errorf(symbolon.ErrConflict, "this public key is registered with another algorithm, and a key has one for life")
	}
	return key, false, nil
}

// again is what registering a key that the user has already comes to. What the device
// looks like now becomes its record, if a sign-in that looks like it would be calm or the
// second factor was passed just now: an honest way out for who moved to another system.
func (r *Registry) again(ctx context.Context, tx symbolon.Store, found symbolon.Identity, n newcomer) (symbolon.Device, error) {
	w := n.writer(tx)
	d, err := w.lift(ctx, *found.Device)
	switch {
	case err != nil:
		return symbolon.Device{}, err
	case d.Status == symbolon.StatusBlocked:
		return symbolon.Device{}, blockedError()
	case n.device.ProvenAt == nil:
		return d, nil // a backend's word shows nothing new
	}
	news := eventData{}
	if d.ProvenAt == nil { // a backend enrolled it; now it showed its key
		d.ProvenAt, news["provenAt"] = &n.now, n.now
	}
	found.Device = &d
	if d.Status == symbolon.StatusActive && r.learns(n, found) && n.seen.adopt(&d) {
		news["operatingSystem"], news["browser"] = d.OperatingSystem, d.Browser
	}
	if len(news) == 0 {
		return d, nil
	}
	return w.put(ctx, d, symbolon.EventDeviceUpdated, news)
}

// learns tells whether the record of a device that registers again may change.
func (r *Registry) learns(n newcomer, found symbolon.Identity) bool {
	if n.fresh {
		return true
	}
	d := found.Device
	q := question{
		app: d.AppID, user: d.UserID, action: symbolon.ActionLogin, result: symbolon.ProofValid,
		seen: n.seen, now: n.now, set: n.set,
	}
	f := q.facts()
	f.User, f.Device, f.Around = &found.User, d, found.Around
	_, verdict := r.judge(q, f)
	return calm(verdict)
}

// settle stores the new device, in the state that policy gives it, with its events.
func settle(ctx context.Context, w writer, n newcomer) (symbolon.Device, error) {
	have, err := w.devicesOf(ctx, n.device.AppID, n.device.UserID)
	if err != nil {
		return symbolon.Device{}, err
	}
	d, how, err := n.claimed(have)
	if err != nil {
		return symbolon.Device{}, err
	}
	others := slices.DeleteFunc(have, func(o symbolon.Device) bool { return o.ID == d.ID })
	if d.Status = policy.FirstStatus(others, n.set.policy.Registration); d.Status == symbolon.StatusPending {
		d.CreatedAt = n.now // a claimed record waits from now on too
	}
	if others, err = w.replace(ctx, d, others, n); err != nil {
		return symbolon.Device{}, err
	}
	if err := w.makeRoom(ctx, d, others, n.set); err != nil {
		return symbolon.Device{}, err
	}
	if n.trust != nil && d.Status == symbolon.StatusActive && d.ProvenAt != nil {
		if d.Trust, err = grantTerms(d.Trust, *n.trust, n.set, n.now); err != nil {
			return symbolon.Device{}, err
		}
		d.Trust.Factor = n.factor
	}
	if d, err = w.put(ctx, d, how, eventData{"status": d.Status, "keyId": d.KeyID, "deviceName": d.Name, "deviceType": d.Type}); err != nil {
		return symbolon.Device{}, err
	}
	if d.Trust != nil && d.Trust.RevokedAt == nil {
		err = w.tell(ctx, symbolon.EventDeviceTrusted, d, eventData{"until": d.Trust.TrustedUntil, "factor": d.Trust.Factor})
	}
	return d, err
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
