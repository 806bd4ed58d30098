package registry

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// ListUserDevices gives all devices of a user, the latest registered first.
func (r *Registry) ListUserDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.DevicePage, error) {
	if _, err := r.open(ctx, c, app, opReadDevices); err != nil {
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
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.TrustedDeviceList{}, err
	}
	return r.trustedDevices(ctx, s, user, c.At)
}

func (r *Registry) trustedDevices(ctx context.Context, s *settings, user symbolon.UserID, now time.Time) (symbolon.TrustedDeviceList, error) {
	devices, err := r.store.ListUserDevices(ctx, s.app.ID, user)
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

// ExportUser gives all that is kept of a user.
func (r *Registry) ExportUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.UserExport, error) {
	if _, err := r.open(ctx, c, app, opReadUsers); err != nil {
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
	out.Events, err = r.eventsAbout(ctx, app, user, devices)
	return out, err
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// eventsAbout gives all events about a user, the latest first: changes, and the decisions
// of each device that is theirs or was.
func (r *Registry) eventsAbout(ctx context.Context, app symbolon.AppID, user symbolon.UserID, devices []symbolon.Device) ([]symbolon.Event, error) {
	all, err := everyEvent(func(before symbolon.EventID) ([]symbolon.Event, error) {
		return r.store.ListUserEvents(ctx, app, user, before, MaxPage)
	})
	if err != nil {
		return nil, err
	}
	theirs := map[symbolon.DeviceID]bool{}
	for _, d := range devices {
		theirs[d.ID] = true
	}
	for _, change := range all {
		theirs[change.DeviceID] = true
	}
	delete(theirs, "")
	for id := range theirs {
		events, err := everyEvent(func(before symbolon.EventID) ([]symbolon.Event, error) {
			return r.store.ListDeviceEvents(ctx, app, id, before, MaxPage)
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
	slices.SortFunc(all, func(a, b symbolon.Event) int { return cmp.Compare(b.ID, a.ID) })
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
	if _, err := r.open(ctx, c, app, opEraseUsers); err != nil {
		return symbolon.Erasure{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Erasure{}, err
	}
	var done symbolon.Erasure
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		w := writerFor(tx, c)
		devices, err := w.devicesOf(ctx, app, user)
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
