package registry

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

// BlockDevice refuses a device from its next request on.
func (r *Registry) BlockDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.BlockRequest) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	if err := symbolon.CheckText("reason", req.Reason); err != nil {
		return symbolon.Device{}, err
	}
	b := symbolon.Block{Reason: req.Reason}
	if req.Until != nil {
		until := symbolon.Micro(*req.Until)
		if !until.After(c.At) {
			return symbolon.Device{}, symbolon.InvalidField("until", "must lie in the future")
		}
		b.Until = &until
	}
	if req.AllUsers && b.Until != nil {
		return symbolon.Device{}, symbolon.InvalidField("until", "and allUsers exclude one another: a key is blocked for all users until staff unblock it")
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if req.AllUsers {
			return w.blockKey(ctx, d, b)
		}
		d, _, err := w.block(ctx, d, b)
		return d, err
	})
}

// blockKey blocks a device's key on all its users, present and future.
func (w writer) blockKey(ctx context.Context, d symbolon.Device, b symbolon.Block) (symbolon.Device, error) {
	if d.KeyID == "" {
		return d, symbolon.Errorf(symbolon.ErrConflict, "the device has no key that could be blocked for all users")
	}
	key, err := w.tx.GetKey(ctx, d.AppID, d.KeyID)
	if err != nil {
		return d, err
	}
	if key.BlockedAt == nil {
		key.BlockedAt = &w.now
		if _, err := w.tx.PutKey(ctx, key); err != nil {
			return d, err
		}
	}
	return w.eachOfKey(ctx, d, func(other symbolon.Device) (symbolon.Device, error) {
		other, _, err := w.block(ctx, other, b)
		return other, err
	})
}

func (w writer) eachOfKey(ctx context.Context, d symbolon.Device, f func(symbolon.Device) (symbolon.Device, error)) (symbolon.Device, error) {
	shared, err := w.tx.ListKeyDevices(ctx, d.AppID, d.KeyID)
	if err != nil {
		return d, err
	}
	for _, other := range shared {
		if other, err = f(other); err != nil {
			return d, err
		}
		if other.ID == d.ID {
			d = other
		}
	}
	return d, nil
}

// UnblockDevice takes a device back to the state before its block, without trust.
func (r *Registry) UnblockDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.UnblockRequest) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		key, err := w.tx.GetKey(ctx, app, d.KeyID)
		blocked := err == nil && key.BlockedAt != nil
		if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
			return d, err
		}
		if !blocked {
			return w.unblock(ctx, d)
		}
		if !req.AllUsers {
			return d, symbolon.Errorf(symbolon.ErrConflict, "the key is blocked for all users; unblock it with allUsers")
		}
		key.BlockedAt = nil
		if _, err := w.tx.PutKey(ctx, key); err != nil {
			return d, err
		}
		return w.eachOfKey(ctx, d, func(other symbolon.Device) (symbolon.Device, error) { return w.unblock(ctx, other) })
	})
}
