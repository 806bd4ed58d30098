package registry

import (
	"context"
	"slices"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// ApproveDevice lets a pending device in, if the limits still have room for it.
func (r *Registry) ApproveDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		return w.approve(ctx, d, s)
	})
}

func (w writer) approve(ctx context.Context, d symbolon.Device, s *settings) (symbolon.Device, error) {
	to, changed, err := d.Move(symbolon.VerbApprove, true)
	if err != nil || !changed {
		return d, err
	}
	if policy.PendingEnded(d, w.now) {
		return d, symbolon.Errorf(symbolon.ErrConflict, "the device has waited too long for approval; it has to register again")
	}
	others, err := w.devicesOf(ctx, d.AppID, d.UserID)
	if err != nil {
		return d, err
	}
	others = slices.DeleteFunc(others, func(o symbolon.Device) bool { return o.ID == d.ID })
	d.Status = to
	if err := w.makeRoom(ctx, d, others, s); err != nil {
		return d, err
	}
	return w.put(ctx, d, symbolon.EventDeviceApproved, nil)
}
