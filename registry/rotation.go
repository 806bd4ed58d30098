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
	device   symbolon.Device // as it was when its key verified the old half
	caller   symbolon.Caller
}

// RotateKey replaces a device's key by a new one, for all users of that key at once.
// keyId, history and trust stay; a key that is kept worse than the one before ends
// trust. Who can't sign with the present key gets one answer, whatever the device.
func (r *Registry) RotateKey(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.Rotation) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opRotate)
	if err != nil {
		return symbolon.Device{}, err
	}
	rot, err := r.rotation(c, s, req)
	if err != nil {
		return symbolon.Device{}, err
	}
	if rot.device, err = r.signedBy(ctx, app, id, rot.old); err != nil {
		return symbolon.Device{}, err
	}
	var device symbolon.Device
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		if device, err = r.rotate(ctx, writerFor(tx, c), rot); err == nil {
			device.RotateAfter, err = rotateAfter(ctx, tx, s, device)
		}
		return err
	})
	if err != nil {
		return symbolon.Device{}, err
	}
	return s.shown(device, c.At).ForSelf(true), nil
}

func (r *Registry) rotation(c symbolon.Caller, s *settings, req symbolon.Rotation) (rotation, error) {
	rot := rotation{caller: c}
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
	return rot, s.allows(rot.new.JWK)
}

// signedBy is the device, if its present key signed. It does the same work whether there is
// such a device or not.
func (r *Registry) signedBy(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID, p shown) (symbolon.Device, error) {
	refused := proofError("proof", proof.ErrSignature)
	d, err := r.store.GetDevice(ctx, app, id)
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return d, err
	}
	if err != nil || d.KeyID != symbolon.KeyID(p.KeyID) || d.UserID != symbolon.UserID(p.Subject) {
		p.VerifyDummy()
		return d, refused
	}
	key, err := proof.ParseJWK(d.PublicKey, "")
	if err != nil {
		return d, err // our own record: a fault, and no verdict on the device
	}
	if p.Verify(key) != nil {
		return d, refused
	}
	return d, nil
}

// rotate moves every device of the key, if the key is still the one that signed.
func (r *Registry) rotate(ctx context.Context, w writer, rot rotation) (symbolon.Device, error) {
	app := rot.device.AppID
	if err := rot.old.spend(ctx, w.tx, app); err != nil {
		return symbolon.Device{}, err
	}
	shared, err := w.tx.ListKeyDevices(ctx, app, rot.device.KeyID)
	if err != nil {
		return symbolon.Device{}, err
	}
	if shared, err = w.lifted(ctx, shared); err != nil {
		return symbolon.Device{}, err
	}
	i := slices.IndexFunc(shared, func(d symbolon.Device) bool { return d.ID == rot.device.ID })
	if i < 0 || shared[i].Thumbprint != rot.device.Thumbprint {
		return symbolon.Device{}, proofError("proof", proof.ErrSignature)
	}
	owner, err := w.tx.GetUser(ctx, app, shared[i].UserID)
	if err != nil {
		return symbolon.Device{}, err
	}
	if !owner.DeactivatedAt.IsZero() {
		return symbolon.Device{}, symbolon.Errorf(symbolon.ErrForbidden, "the user is deactivated")
	}
	for _, d := range shared {
		if d.Status == symbolon.StatusBlocked {
			return symbolon.Device{}, blockedError()
		}
		if err := r.notBuried(ctx, w.tx, d, rot.new.JWK.Thumbprint()); err != nil {
			return symbolon.Device{}, err
		}
	}
	if _, _, err := shared[i].Move(symbolon.VerbRotate, false); err != nil {
		return symbolon.Device{}, err
	}
	lower, err := rot.replace(ctx, w, shared[i])
	if err != nil {
		return symbolon.Device{}, err
	}
	for _, d := range shared {
		if err := rot.follow(ctx, w, d.ID, lower); err != nil {
			return symbolon.Device{}, err
		}
	}
	return w.tx.GetDevice(ctx, app, rot.device.ID)
}

// replace puts the new key in the old one's place, and says whether it is kept worse.
func (rot rotation) replace(ctx context.Context, w writer, d symbolon.Device) (lower bool, err error) {
	thumbprint := rot.new.JWK.Thumbprint()
	_, _, err = w.tx.GetKeyByThumbprint(ctx, d.AppID, thumbprint)
	if err == nil {
		return false, symbolon.Errorf(symbolon.ErrConflict, "the new key is or was registered; make a fresh one")
	}
	if !errors.Is(err, symbolon.ErrNotFound) {
		return false, err
	}
	key, err := w.tx.GetKey(ctx, d.AppID, d.KeyID)
	if err != nil {
		return false, err
	}
	storage := storageOf(d.Platform)
	lower = storage.Grade() < key.Storage.Grade()
	key.Thumbprint, key.PublicKey, key.Storage = thumbprint, rot.new.JWK.JWK(), storage
	key.Rotations, key.RotatedAt = key.Rotations+1, &w.now
	_, err = w.tx.PutKey(ctx, key)
	return lower, err
}

// follow notes the rotation on one device of the key.
func (rot rotation) follow(ctx context.Context, w writer, id symbolon.DeviceID, lower bool) error {
	d, err := w.tx.GetDevice(ctx, rot.device.AppID, id)
	if err != nil {
		return err
	}
	if lower {
		if d, _, err = w.distrust(ctx, d, "the new key is kept less safely"); err != nil {
			return err
		}
	}
	_, err = w.put(ctx, d, symbolon.EventDeviceRotated, eventData{"thumbprint": d.Thumbprint, "keyId": d.KeyID})
	return err
}
