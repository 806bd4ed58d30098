package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

// deviceOf reads a device, with a block that has run out lifted first.
func (r *Registry) deviceOf(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID, now time.Time) (symbolon.Device, error) {
	d, err := r.store.GetDevice(ctx, app, id)
	if err == nil && d.BlockEnded(now) {
		if err = r.endBlock(ctx, d, now); err == nil {
			d, err = r.store.GetDevice(ctx, app, id)
		}
	}
	return d, unknownDevice(err)
}

// unknownDevice names what was not found.
func unknownDevice(err error) error {
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.Errorf(symbolon.ErrDeviceUnknown, "there is no such device")
	}
	return err
}

// endBlock lifts a block that has run out, with an event by the system. Where another
// caller was faster there is nothing to do.
func (r *Registry) endBlock(ctx context.Context, d symbolon.Device, now time.Time) error {
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		d, err := tx.GetDevice(ctx, d.AppID, d.ID)
		if errors.Is(err, symbolon.ErrNotFound) {
			return nil
		}
		if err == nil {
			_, err = system(tx, now).lift(ctx, d)
		}
		return err
	})
}

// change runs one change of a device in a transaction: read, change, write.
func (r *Registry) change(ctx context.Context, c symbolon.Caller, s *settings, id symbolon.DeviceID, f func(writer, symbolon.Device) (symbolon.Device, error)) (symbolon.Device, error) {
	var out symbolon.Device
	err := r.within(ctx, s.app.ID, func(tx symbolon.Store) error {
		w := writerFor(tx, c)
		d, err := tx.GetDevice(ctx, s.app.ID, id)
		if err != nil {
			return unknownDevice(err)
		}
		if d, err = w.lift(ctx, d); err == nil {
			out, err = f(w, d)
		}
		return err
	})
	return s.shown(out, c.At), err
}

// GetDevice gives one device of the app. ErrDeviceUnknown where there is none.
func (r *Registry) GetDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	d, err := r.deviceOf(ctx, app, id, c.At)
	return s.shown(d, c.At), err
}

// ListDevices gives a page of the app's devices. trusted selects by whether trust counts
// now; nil takes both.
func (r *Registry) ListDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, q symbolon.DeviceQuery, trusted *bool) (symbolon.DevicePage, error) {
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return symbolon.DevicePage{}, err
	}
	if err := checkQuery(&q); err != nil {
		return symbolon.DevicePage{}, err
	}
	q.AppID = app
	if trusted != nil {
		q.Trusted = &symbolon.TrustFilter{Want: *trusted, Now: c.At, Policy: s.policy.Trust}
	}
	items, next, err := r.store.ListDevices(ctx, q)
	return s.devicePage(items, next, c.At), err
}

// RemoveDevice removes a device for staff. A blocked one leaves a tombstone, so that its
// key does not simply come back.
func (r *Registry) RemoveDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) error {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return err
	}
	_, err = r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if _, _, err := d.Move(symbolon.VerbRemove, true); err != nil {
			return d, err
		}
		if d.Status == symbolon.StatusBlocked {
			if err := r.bury(ctx, w, d); err != nil {
				return d, err
			}
		}
		return d, w.remove(ctx, d, "removed by staff")
	})
	return err
}
