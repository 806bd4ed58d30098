package registry

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
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
		if err != nil || !d.BlockEnded(now) {
			return err
		}
		_, err = system(tx, now).unblock(ctx, d)
		return err
	})
}

// change runs one change of a device in a transaction: read, change, write.
func (r *Registry) change(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, f func(writer, symbolon.Device) (symbolon.Device, error)) (symbolon.Device, error) {
	var out symbolon.Device
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		d, err := tx.GetDevice(ctx, app, id)
		if err != nil {
			return unknownDevice(err)
		}
		if d.BlockEnded(c.At) {
			if d, err = system(tx, c.At).unblock(ctx, d); err != nil {
				return err
			}
		}
		out, err = f(writerFor(tx, c), d)
		return err
	})
	return out, err
}

// GetDevice gives one device of the app. ErrDeviceUnknown where there is none.
func (r *Registry) GetDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	if err := allow(c, app, opReadDevices); err != nil {
		return symbolon.Device{}, err
	}
	return r.deviceOf(ctx, app, id, c.At)
}

// ListDevices gives a page of the app's devices. trusted selects by whether trust counts
// now; nil takes both.
func (r *Registry) ListDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, q symbolon.DeviceQuery, trusted *bool) (symbolon.DevicePage, error) {
	if err := allow(c, app, opReadDevices); err != nil {
		return symbolon.DevicePage{}, err
	}
	s, err := r.settingsOf(ctx, app, c.At)
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
	return devicePage(items, next), err
}

func devicePage(items []symbolon.Device, next string) symbolon.DevicePage {
	if items == nil {
		items = []symbolon.Device{}
	}
	return symbolon.DevicePage{Items: items, NextCursor: next}
}

// The sizes of a page of a list.
const (
	DefaultPage = 50
	MaxPage     = 200
)

func checkQuery(q *symbolon.DeviceQuery) error {
	if q.Sort == "" {
		q.Sort = symbolon.SortLastUsed
	}
	switch {
	case q.Status != "" && !slices.Contains(symbolon.Statuses, q.Status):
		return symbolon.InvalidField("status", "must be one of %v", symbolon.Statuses)
	case q.Type != "" && !slices.Contains(symbolon.DeviceTypes, q.Type):
		return symbolon.InvalidField("type", "must be one of %v", symbolon.DeviceTypes)
	case !slices.Contains(symbolon.DeviceSorts, q.Sort):
		return symbolon.InvalidField("sort", "must be one of %v", symbolon.DeviceSorts)
	}
	for field, value := range map[string]string{"user": string(q.User), "keyId": string(q.KeyID), "q": q.Prefix} {
		if err := symbolon.CheckOptionalText(field, value, symbolon.MaxText); err != nil {
			return err
		}
	}
	var err error
	q.Limit, err = pageSize(q.Limit)
	return err
}

func pageSize(limit int) (int, error) {
	if limit == 0 {
		return DefaultPage, nil
	}
	if limit < 1 || limit > MaxPage {
		return 0, symbolon.InvalidField("limit", "must be from 1 to %d", MaxPage)
	}
	return limit, nil
}

// UpdateDevice changes a device's name, metadata or push configuration.
func (r *Registry) UpdateDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, p symbolon.DevicePatch) (symbolon.Device, error) {
	if err := allow(c, app, opWriteDevices); err != nil {
		return symbolon.Device{}, err
	}
	return r.patch(ctx, c, app, id, p)
}

func (r *Registry) patch(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, p symbolon.DevicePatch) (symbolon.Device, error) {
	if err := checkPatch(p); err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		changes := eventData{}
		if p.DeviceName != nil && *p.DeviceName != d.Name {
			d.Name, d.Renamed = *p.DeviceName, true
			changes["deviceName"] = d.Name
		}
		if p.Metadata != nil && string(*p.Metadata) != string(d.Metadata) {
			d.Metadata = cleared(*p.Metadata)
			changes["metadata"] = d.Metadata
		}
		if p.PushConfig != nil && string(*p.PushConfig) != string(d.PushConfig) {
			d.PushConfig = cleared(*p.PushConfig)
			changes["pushConfig"] = "changed" // its tokens don't belong in the log
		}
		if len(changes) == 0 {
			return d, nil
		}
		return w.put(ctx, d, symbolon.EventDeviceUpdated, changes)
	})
}

func checkPatch(p symbolon.DevicePatch) error {
	if p.DeviceName != nil {
		if err := symbolon.CheckText("deviceName", *p.DeviceName); err != nil {
			return err
		}
	}
	if p.Metadata != nil {
		if err := symbolon.CheckObject("metadata", *p.Metadata); err != nil {
			return err
		}
	}
	if p.PushConfig != nil {
		return symbolon.CheckObject("pushConfig", *p.PushConfig)
	}
	return nil
}

func cleared(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// RemoveDevice removes a device for staff. A blocked one leaves a tombstone, so that its
// key does not simply come back.
func (r *Registry) RemoveDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) error {
	if err := allow(c, app, opWriteDevices); err != nil {
		return err
	}
	_, err := r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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

// BlockDevice refuses a device from its next request on.
func (r *Registry) BlockDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.BlockRequest) (symbolon.Device, error) {
	if err := allow(c, app, opWriteDevices); err != nil {
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
	return r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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
	if err := allow(c, app, opWriteDevices); err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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

// ApproveDevice lets a pending device in, if the limits still have room for it.
func (r *Registry) ApproveDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	if err := allow(c, app, opWriteDevices); err != nil {
		return symbolon.Device{}, err
	}
	s, err := r.settingsOf(ctx, app, c.At)
	if err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, app, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
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
	others, err := w.tx.ListUserDevices(ctx, d.AppID, d.UserID)
	if err != nil {
		return d, err
	}
	others = slices.DeleteFunc(others, func(o symbolon.Device) bool { return o.ID == d.ID })
	d.Status = to
	if err := makeRoom(ctx, w.tx, d, others, newcomer{set: s, actor: w.actor, now: w.now}); err != nil {
		return d, err
	}
	return w.put(ctx, d, symbolon.EventDeviceApproved, nil)
}

// DeviceEvents gives a device's timeline, the newest first.
func (r *Registry) DeviceEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, before string, limit int) (symbolon.EventPage, error) {
	if err := allow(c, app, opReadDevices); err != nil {
		return symbolon.EventPage{}, err
	}
	if _, err := r.store.GetDevice(ctx, app, id); err != nil {
		return symbolon.EventPage{}, unknownDevice(err)
	}
	return newestFirst(before, limit, func(before symbolon.EventID, limit int) ([]symbolon.Event, error) {
		return r.store.ListDeviceEvents(ctx, app, id, before, limit)
	})
}

func newestFirst(cursor string, limit int, list func(symbolon.EventID, int) ([]symbolon.Event, error)) (symbolon.EventPage, error) {
	limit, err := pageSize(limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	before, err := place("cursor", cursor)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	events, err := list(symbolon.EventID(before), limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	page := symbolon.EventPage{Items: events}
	if page.Items == nil {
		page.Items = []symbolon.Event{}
	}
	if len(events) == limit {
		page.NextCursor = strconv.FormatInt(int64(events[len(events)-1].ID), 10)
	}
	return page, nil
}

// place reads a cursor of a log: a number that an earlier page gave, or "".
func place(field, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		return 0, symbolon.InvalidField(field, "must be a nextCursor that an earlier page gave")
	}
	return n, nil
}
