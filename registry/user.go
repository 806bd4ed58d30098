package registry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// ListUserDevices gives all devices of a user, the latest registered first.
func (r *Registry) ListUserDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.DevicePage, error) {
	if err := allow(c, app, opReadDevices); err != nil {
		return symbolon.DevicePage{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.DevicePage{}, err
	}
	items, err := r.store.ListUserDevices(ctx, app, user)
	return devicePage(items, ""), err
}

// ListTrustedDevices gives the flat records of a user's devices that are or were trusted.
func (r *Registry) ListTrustedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.TrustedDeviceList, error) {
	if err := allow(c, app, opReadDevices); err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	return r.trustedDevices(ctx, app, user, c.At)
}

func (r *Registry) trustedDevices(ctx context.Context, app symbolon.AppID, user symbolon.UserID, now time.Time) (symbolon.TrustedDeviceList, error) {
	s, err := r.settingsOf(ctx, app, now)
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	devices, err := r.store.ListUserDevices(ctx, app, user)
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	list := symbolon.TrustedDeviceList{Items: []symbolon.TrustedDevice{}}
	for _, d := range devices {
		if record, ok := d.Trusted(now, s.policy.Trust); ok {
			list.Items = append(list.Items, record)
		}
	}
	return list, nil
}

// RevokeUser does to each of a user's devices what the policy's matrix says for the
// cause, in one transaction, and refuses assertions from before. Blocked devices stay
// as they are.
func (r *Registry) RevokeUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID, req symbolon.RevocationRequest) (symbolon.Revocation, error) {
	if err := allow(c, app, opRevoke); err != nil {
		return symbolon.Revocation{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Revocation{}, err
	}
	if !slices.Contains(symbolon.Causes, req.Cause) {
		return symbolon.Revocation{}, symbolon.InvalidField("cause", "must be one of %v", symbolon.Causes)
	}
	s, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Revocation{}, err
	}
	var done symbolon.Revocation
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		done = symbolon.Revocation{Cause: req.Cause, Effect: s.policy.Revocation[req.Cause], NotBefore: c.At, Devices: []symbolon.DeviceID{}}
		w := writerFor(tx, c)
		if err := w.setNotBefore(ctx, app, user, req.Cause); err != nil {
			return err
		}
		devices, err := tx.ListUserDevices(ctx, app, user)
		if err != nil {
			return err
		}
		for _, d := range devices {
			changed, err := w.apply(ctx, d, done.Effect, req.Cause)
			if err != nil {
				return err
			}
			if changed {
				done.Devices = append(done.Devices, d.ID)
			}
		}
		e := symbolon.Event{AppID: app, Type: symbolon.EventUserRevoked, UserID: user}
		return w.append(ctx, e, eventData{"cause": req.Cause, "effect": done.Effect, "devices": len(done.Devices)})
	})
	return done, err
}

func (w writer) setNotBefore(ctx context.Context, app symbolon.AppID, user symbolon.UserID, cause symbolon.Cause) error {
	u, err := w.tx.GetUser(ctx, app, user)
	if err != nil {
		return err
	}
	u.AppID, u.ID = app, user
	if w.now.After(u.NotBefore) {
		u.NotBefore = w.now
	}
	if cause == symbolon.CauseUserDeactivated && u.DeactivatedAt.IsZero() {
		u.DeactivatedAt = w.now
	}
	return w.tx.PutUser(ctx, u)
}

// apply does one cell of the revocation matrix to one device.
func (w writer) apply(ctx context.Context, d symbolon.Device, effect symbolon.Effect, cause symbolon.Cause) (changed bool, err error) {
	if d.Status == symbolon.StatusBlocked {
		return false, nil
	}
	switch effect {
	case symbolon.EffectDistrust:
		_, changed, err = w.distrust(ctx, d, string(cause))
	case symbolon.EffectBlock:
		_, changed, err = w.block(ctx, d, symbolon.Block{Reason: string(cause), Cause: cause})
	case symbolon.EffectRemove:
		return true, w.remove(ctx, d, string(cause))
	}
	if err == nil && !changed && cause == symbolon.CauseUserDeactivated {
		_, err = w.tx.PutDevice(ctx, d) // a new version: a decision that read the user as active is made anew
	}
	return changed, err
}

// ReactivateUser lifts a deactivation: assertions made from now on count, and devices
// that the deactivation blocked are unblocked, without trust.
func (r *Registry) ReactivateUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.Revocation, error) {
	if err := allow(c, app, opRevoke); err != nil {
		return symbolon.Revocation{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Revocation{}, err
	}
	var done symbolon.Revocation
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		u, err := tx.GetUser(ctx, app, user)
		if err != nil {
			return err
		}
		done = symbolon.Revocation{Cause: symbolon.CauseUserDeactivated, Effect: symbolon.EffectKeep, NotBefore: u.NotBefore, Devices: []symbolon.DeviceID{}}
		if u.DeactivatedAt.IsZero() {
			return nil
		}
		u.AppID, u.ID, u.DeactivatedAt = app, user, time.Time{}
		if err := tx.PutUser(ctx, u); err != nil {
			return err
		}
		w := writerFor(tx, c)
		if done.Devices, err = w.unblockCause(ctx, app, user, symbolon.CauseUserDeactivated); err != nil {
			return err
		}
		e := symbolon.Event{AppID: app, Type: symbolon.EventUserReactivated, UserID: user}
		return w.append(ctx, e, eventData{"devices": len(done.Devices)})
	})
	return done, err
}

func (w writer) unblockCause(ctx context.Context, app symbolon.AppID, user symbolon.UserID, cause symbolon.Cause) ([]symbolon.DeviceID, error) {
	ids := []symbolon.DeviceID{}
	devices, err := w.tx.ListUserDevices(ctx, app, user)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if d.Status != symbolon.StatusBlocked || d.Block.Cause != cause {
			continue
		}
		if _, err := w.unblock(ctx, d); err != nil {
			return nil, err
		}
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// ExportUser gives all that is kept of a user.
func (r *Registry) ExportUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.UserExport, error) {
	if err := allow(c, app, opReadUsers); err != nil {
		return symbolon.UserExport{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.UserExport{}, err
	}
	u, err := r.store.GetUser(ctx, app, user)
	if err != nil {
		return symbolon.UserExport{}, err
	}
	devices, err := r.store.ListUserDevices(ctx, app, user)
	if err != nil {
		return symbolon.UserExport{}, err
	}
	out := symbolon.UserExport{
		UserID: user, NotBefore: given(u.NotBefore), DeactivatedAt: given(u.DeactivatedAt),
		Devices: devicePage(devices, "").Items, ExportedAt: c.At,
	}
	out.Events, err = r.eventsAbout(ctx, app, user)
	return out, err
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// eventsAbout gives all events about a user: changes first, then the decisions of each
// device that ever was theirs.
func (r *Registry) eventsAbout(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.Event, error) {
	all, err := everyEvent(func(before symbolon.EventID) ([]symbolon.Event, error) {
		return r.store.ListUserEvents(ctx, app, user, before, MaxPage)
	})
	if err != nil {
		return nil, err
	}
	seen := map[symbolon.DeviceID]bool{"": true}
	for _, change := range slices.Clone(all) {
		if seen[change.DeviceID] {
			continue
		}
		seen[change.DeviceID] = true
		events, err := everyEvent(func(before symbolon.EventID) ([]symbolon.Event, error) {
			return r.store.ListDeviceEvents(ctx, app, change.DeviceID, before, MaxPage)
		})
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if e.Type == symbolon.EventDeviceDecided && e.UserID == user {
				all = append(all, e)
			}
		}
	}
	return all, nil
}

func everyEvent(page func(before symbolon.EventID) ([]symbolon.Event, error)) ([]symbolon.Event, error) {
	all := []symbolon.Event{}
	for before := symbolon.EventID(0); ; {
		events, err := page(before)
		if err != nil {
			return nil, err
		}
		all = append(all, events...)
		if len(events) < MaxPage {
			return all, nil
		}
		before = events[len(events)-1].ID
	}
}

// EraseUser deletes all that is kept of a user but the audit's bare facts. Blocked
// devices leave tombstones, which name nobody.
func (r *Registry) EraseUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.Erasure, error) {
	if err := allow(c, app, opEraseUsers); err != nil {
		return symbolon.Erasure{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Erasure{}, err
	}
	var done symbolon.Erasure
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		w := writerFor(tx, c)
		devices, err := tx.ListUserDevices(ctx, app, user)
		if err != nil {
			return err
		}
		for _, d := range devices {
			if d.Status != symbolon.StatusBlocked {
				continue
			}
			if err := r.bury(ctx, w, d); err != nil {
				return err
			}
		}
		if done.Devices, err = tx.EraseUser(ctx, app, user); err != nil {
			return err
		}
		return w.append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventUserErased}, eventData{"devices": done.Devices})
	})
	return done, err
}

// MaxImport is the most records that one import may hold.
const MaxImport = 500

// ImportTrustedDevices takes in flat records of an earlier system as unbound devices. A
// record whose id is there already for the same user counts as existing, so that a
// broken import can be repeated. One bad record refuses all, named by its place.
func (r *Registry) ImportTrustedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, records []symbolon.TrustedDevice) (symbolon.ImportReport, error) {
	if err := allow(c, app, opAddDevices); err != nil {
		return symbolon.ImportReport{}, err
	}
	if len(records) == 0 || len(records) > MaxImport {
		return symbolon.ImportReport{}, symbolon.InvalidField("items", "must have 1 to %d records", MaxImport)
	}
	if _, err := r.settingsOf(ctx, app, c.At); err != nil {
		return symbolon.ImportReport{}, err
	}
	var done symbolon.ImportReport
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		done = symbolon.ImportReport{}
		for i, record := range records {
			isNew, err := r.importOne(ctx, writerFor(tx, c), app, record)
			if err != nil {
				return inRecord(i, err)
			}
			if isNew {
				done.Imported++
			} else {
				done.Existing++
			}
		}
		return nil
	})
	return done, err
}

func inRecord(i int, err error) error {
	var own *symbolon.Error
	if !errors.As(err, &own) {
		return err
	}
	return symbolon.Errorf(own.Code, "items[%d]: %s", i, own.Message)
}

func (r *Registry) importOne(ctx context.Context, w writer, app symbolon.AppID, record symbolon.TrustedDevice) (bool, error) {
	d, err := record.Device(app, r.importedFingerprint(app, record.Fingerprint))
	if err != nil {
		return false, err
	}
	old, err := w.tx.GetDevice(ctx, app, d.ID)
	switch {
	case err == nil && old.UserID == d.UserID:
		return false, nil
	case err == nil:
		return false, symbolon.Errorf(symbolon.ErrConflict, "deviceId is another user's device")
	case !errors.Is(err, symbolon.ErrNotFound):
		return false, err
	}
	if d, err = w.tx.PutDevice(ctx, d); err != nil {
		return false, err
	}
	return true, w.tell(ctx, symbolon.EventDeviceImported, d, eventData{"deviceName": d.Name})
}
