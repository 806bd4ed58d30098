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
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return symbolon.DevicePage{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.DevicePage{}, err
	}
	items, err := r.store.ListUserDevices(ctx, app, user)
	return s.devicePage(items, "", c.At), err
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
	return s.trusted(devices, now), nil
}

func (s *settings) trusted(devices []symbolon.Device, now time.Time) symbolon.TrustedDeviceList {
	list := symbolon.TrustedDeviceList{Items: []symbolon.TrustedDevice{}}
	for _, d := range devices {
		if record, ok := d.Trusted(now, s.policy.Trust); ok {
			list.Items = append(list.Items, record)
		}
	}
	return list
}

// exportPage is how many events one page of an export holds.
const exportPage = 1000

// ExportUser gives all that is kept of a user: the devices, where they were, and a page of
// the events, the latest first. Go on with nextCursor for the events before.
func (r *Registry) ExportUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID, cursor string) (symbolon.UserExport, error) {
	s, err := r.open(ctx, c, app, opReadUsers)
	if err != nil {
		return symbolon.UserExport{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.UserExport{}, err
	}
	before, err := place("cursor", cursor)
	if err != nil {
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
		Devices: s.devicePage(devices, "", c.At).Items, Places: placesOf(devices), ExportedAt: c.At,
	}
	if out.Events, err = r.eventsAbout(ctx, app, user, devices, symbolon.EventID(before)); err != nil {
		return symbolon.UserExport{}, err
	}
	if len(out.Events) == exportPage {
		out.NextCursor = cursorOf(int64(out.Events[exportPage-1].ID))
	}
	return out, nil
}

func placesOf(devices []symbolon.Device) []symbolon.DevicePlaces {
	places := []symbolon.DevicePlaces{}
	for _, d := range devices {
		if len(d.History.Visits) > 0 {
			places = append(places, symbolon.DevicePlaces{DeviceID: d.ID, Visits: d.History.Visits})
		}
	}
	return places
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// eventsAbout gives a page of the events about a user, the latest first: changes, and the
// decisions of each device that is theirs or was.
func (r *Registry) eventsAbout(ctx context.Context, app symbolon.AppID, user symbolon.UserID, devices []symbolon.Device, before symbolon.EventID) ([]symbolon.Event, error) {
	theirs, err := r.everDevicesOf(ctx, app, user, devices)
	if err != nil {
		return nil, err
	}
	page, err := r.store.ListUserEvents(ctx, app, user, before, exportPage)
	if err != nil {
		return nil, err
	}
	for id := range theirs {
		events, err := r.store.ListDeviceEvents(ctx, app, id, before, exportPage)
		if err != nil {
			return nil, err
		}
		page = append(page, slices.DeleteFunc(events, func(e symbolon.Event) bool {
			return e.Type != symbolon.EventDeviceDecided || e.UserID != user
		})...)
	}
	slices.SortFunc(page, func(a, b symbolon.Event) int { return cmp.Compare(b.ID, a.ID) })
	return append([]symbolon.Event{}, page[:min(len(page), exportPage)]...), nil
}

// everDevicesOf are the ids of the devices that are or were a user's.
func (r *Registry) everDevicesOf(ctx context.Context, app symbolon.AppID, user symbolon.UserID, devices []symbolon.Device) (map[symbolon.DeviceID]bool, error) {
	ids := map[symbolon.DeviceID]bool{}
	for _, d := range devices {
		ids[d.ID] = true
	}
	for before := symbolon.EventID(0); ; {
		changes, err := r.store.ListUserEvents(ctx, app, user, before, exportPage)
		if err != nil {
			return nil, err
		}
		for _, e := range changes {
			ids[e.DeviceID] = true
			before = e.ID
		}
		if len(changes) < exportPage {
			delete(ids, "")
			return ids, nil
		}
	}
}
