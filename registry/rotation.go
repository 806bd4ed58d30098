package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// rotation is both halves of a rotation, read and found to belong together.
type rotation struct {
	old, new shown
	app      symbolon.AppID
	device   symbolon.DeviceID
	set      *settings
	caller   symbolon.Caller
}

// RotateKey replaces a device's key by a new one, for all users of that key at once.
// keyId, history and trust stay; a key that is kept worse than the one before ends
// trust. Who can't sign with the present key gets one answer, whatever the device.
func (r *Registry) RotateKey(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.Rotation) (symbolon.Device, error) {
	if err := allow(c, app, opRotate); err != nil {
		return symbolon.Device{}, err
	}
	s, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Device{}, err
	}
	rot, err := r.rotation(c, s, req)
	if err != nil {
		return symbolon.Device{}, err
	}
	rot.device = id
	var device symbolon.Device
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		device, err = rot.apply(ctx, tx)
		return err
	})
	if err != nil {
		return symbolon.Device{}, err
	}
	return device.ForSelf(true), nil
}

func (r *Registry) rotation(c symbolon.Caller, s *settings, req symbolon.Rotation) (rotation, error) {
	rot := rotation{app: s.app.ID, set: s, caller: c}
	want := proof.Expected{App: string(s.app.ID), Purpose: proof.PurposeRotate}
	var err error
	if rot.old, err = r.examine(req.Proof, want, c.At); err != nil {
		return rot, proofError("proof", err)
	}
	if rot.new, err = r.examine(req.NewProof, want, c.At); err != nil {
		return rot, proofError("newProof", err)
	}
	if err := proof.CheckRotation(rot.old.Proof, rot.new.Proof); err != nil {
		return rot, proofError("newProof", err)
	}
	if err := rot.new.Verify(rot.new.JWK); err != nil {
		return rot, proofError("newProof", err)
	}
	if !slices.Contains(s.policy.Registration.Algorithms, string(rot.new.JWK.Algorithm())) {
		return rot, symbolon.Errorf(symbolon.ErrAlgorithmNotAllowed, "the app's policy allows keys for %v, not %s", s.policy.Registration.Algorithms, rot.new.JWK.Algorithm())
	}
	return rot, nil
}

func (rot rotation) apply(ctx context.Context, tx symbolon.Store) (symbolon.Device, error) {
	device, err := rot.signer(ctx, tx)
	if err != nil {
		return symbolon.Device{}, err
	}
	if err := rot.old.spend(ctx, tx, rot.app); err != nil {
		return symbolon.Device{}, err
	}
	shared, err := tx.ListKeyDevices(ctx, rot.app, device.KeyID)
	if err != nil {
		return symbolon.Device{}, err
	}
	for _, d := range shared {
		if d.Status == symbolon.StatusBlocked {
			return symbolon.Device{}, blockedError()
		}
	}
	if _, _, err := device.Move(symbolon.VerbRotate, false); err != nil {
		return symbolon.Device{}, err
	}
	lower, err := rot.replace(ctx, tx, device)
	if err != nil {
		return symbolon.Device{}, err
	}
	w := writerFor(tx, rot.caller)
	for _, d := range shared {
		if err := rot.follow(ctx, w, d.ID, lower); err != nil {
			return symbolon.Device{}, err
		}
	}
	return tx.GetDevice(ctx, rot.app, rot.device)
}

// signer is the device, if its present key signed the old half.
func (rot rotation) signer(ctx context.Context, tx symbolon.Store) (symbolon.Device, error) {
	refused := proofError("proof", proof.ErrSignature)
	d, err := tx.GetDevice(ctx, rot.app, rot.device)
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return d, err
	}
	if err != nil || d.KeyID != symbolon.KeyID(rot.old.KeyID) || d.UserID != symbolon.UserID(rot.old.Subject) {
		rot.old.VerifyDummy()
		return d, refused
	}
	key, err := proof.ParseJWK(d.PublicKey, "")
	if err != nil {
		return d, err
	}
	if rot.old.Verify(key) != nil {
		return d, refused
	}
	return d, nil
}

// replace puts the new key in the old one's place, and says whether it is kept worse.
func (rot rotation) replace(ctx context.Context, tx symbolon.Store, d symbolon.Device) (lower bool, err error) {
	thumbprint := rot.new.JWK.Thumbprint()
	_, _, err = tx.GetKeyByThumbprint(ctx, rot.app, thumbprint)
	if err == nil {
		return false, symbolon.Errorf(symbolon.ErrConflict, "the new key is or was registered; make a fresh one")
	}
	if !errors.Is(err, symbolon.ErrNotFound) {
		return false, err
	}
	key, err := tx.GetKey(ctx, rot.app, d.KeyID)
	if err != nil {
		return false, err
	}
	storage := storageOf(d.Platform)
	lower = storage.Grade() < key.Storage.Grade()
	now := rot.caller.At
	key.Thumbprint, key.PublicKey, key.Storage = thumbprint, rot.new.JWK.JWK(), storage
	key.Rotations, key.RotatedAt = key.Rotations+1, &now
	_, err = tx.PutKey(ctx, key)
	return lower, err
}

// follow notes the rotation on one device of the key.
func (rot rotation) follow(ctx context.Context, w writer, id symbolon.DeviceID, lower bool) error {
	d, err := w.tx.GetDevice(ctx, rot.app, id)
	if err != nil {
		return err
	}
	if lower {
		if d, _, err = w.distrust(ctx, d, "the new key is kept less safely"); err != nil {
			return err
		}
	}
	d.KeyStorage = storageOf(d.Platform)
	_, err = w.put(ctx, d, symbolon.EventDeviceRotated, eventData{"thumbprint": rot.new.JWK.Thumbprint(), "keyId": d.KeyID})
	return err
}
