package registry

import (
	"context"
	"encoding/json"
	"time"

	"github.com/symbolon-id/symbolon"
)

// writer makes a caller's changes to devices within one transaction, each with its event.
type writer struct {
	tx       symbolon.Store
	actor    symbolon.Actor
	now      time.Time
	incident *symbolon.Incident // of which the changes are part, or nil
}

// eventData is what an event says beside who, what and when.
type eventData map[string]any

func writerFor(tx symbolon.Store, c symbolon.Caller) writer {
	return writer{tx: tx, actor: c.Actor(), now: c.At}
}

// system writes as Symbolon itself.
func system(tx symbolon.Store, now time.Time) writer {
	return writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerSystem}, now: now}
}

// devicesOf are the devices of a user, with blocks that have run out lifted first.
func (w writer) devicesOf(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.Device, error) {
	devices, err := w.tx.ListUserDevices(ctx, app, user)
	if err != nil {
		return nil, err
	}
	return w.lifted(ctx, devices)
}

func (w writer) lifted(ctx context.Context, devices []symbolon.Device) (_ []symbolon.Device, err error) {
	for i, d := range devices {
		if devices[i], err = w.lift(ctx, d); err != nil {
			return nil, err
		}
	}
	return devices, nil
}

// lift is the device without a block that has run out; the system is who ends it.
func (w writer) lift(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	if !d.BlockEnded(w.now) {
		return d, nil
	}
	return system(w.tx, w.now).unblock(ctx, d)
}

// tell appends an event about a device.
func (w writer) tell(ctx context.Context, what symbolon.EventType, d symbolon.Device, data eventData) error {
	return w.append(ctx, symbolon.Event{AppID: d.AppID, Type: what, UserID: d.UserID, DeviceID: d.ID}, data)
}

func (w writer) append(ctx context.Context, e symbolon.Event, data eventData) error {
	e.At, e.Actor = w.now, w.actor
	if w.incident != nil {
		data["incident"], data["reason"] = w.incident.ID, w.incident.Reason
	}
	if len(data) > 0 {
		var err error
		if e.Data, err = json.Marshal(data); err != nil {
			return err
		}
	}
	_, err := w.tx.AppendEvent(ctx, e)
	return err
}

// put stores a changed device with its event.
func (w writer) put(ctx context.Context, d symbolon.Device, what symbolon.EventType, data eventData) (symbolon.Device, error) {
	d.UpdatedAt = w.now
	d, err := w.tx.PutDevice(ctx, d)
	if err != nil {
		return symbolon.Device{}, err
	}
	return d, w.tell(ctx, what, d, data)
}

func (w writer) remove(ctx context.Context, d symbolon.Device, reason string) error {
	if err := w.tx.TakeDevice(ctx, d.AppID, d.ID); err != nil {
		return err
	}
	return w.tell(ctx, symbolon.EventDeviceRemoved, d, eventData{"reason": reason, "deviceName": d.Name, "keyId": d.KeyID})
}

// block refuses the device from now on, and ends its trust. Where it is blocked already,
// the block may become longer or harder to lift, never shorter or easier.
func (w writer) block(ctx context.Context, d symbolon.Device, b symbolon.Block) (symbolon.Device, bool, error) {
	to, _, err := d.Move(symbolon.VerbBlock, true)
	if err != nil {
		return d, false, err
	}
	b.At, b.By, b.Before = w.now, w.actor.String(), d.Status
	if w.incident != nil {
		b.Incident = w.incident.ID
	}
	reason := b.Reason
	if d.Status == symbolon.StatusBlocked {
		stronger := false
		if b, stronger = d.Block.Strengthened(b); !stronger {
			return d, false, nil
		}
	}
	d.Status, d.Block, d.Trust = to, &b, endTrust(d.Trust, w.now, "blocked", w.actor)
	d, err = w.put(ctx, d, symbolon.EventDeviceBlocked, eventData{"reason": reason, "cause": b.Cause, "until": b.Until})
	return d, err == nil, err
}

// unblock takes the device back to the state before the block; its trust stays gone.
func (w writer) unblock(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	to, changed, err := d.Move(symbolon.VerbUnblock, true)
	if err != nil || !changed {
		return d, err
	}
	d.Status, d.Block = to, nil
	return w.put(ctx, d, symbolon.EventDeviceUnblocked, eventData{"status": to})
}

// release takes back an incident's block. A block beneath it that has not run out holds again.
func (w writer) release(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	if d.Block.Beneath == nil || !w.now.Before(*d.Block.Beneath.Until) {
		return w.unblock(ctx, d)
	}
	b := *d.Block.Beneath
	b.Before, d.Block = d.Block.Before, &b
	return w.put(ctx, d, symbolon.EventDeviceBlocked, eventData{"reason": b.Reason, "until": b.Until})
}

// distrust ends the device's trust. It changes nothing where there is none.
func (w writer) distrust(ctx context.Context, d symbolon.Device, reason string) (symbolon.Device, bool, error) {
	if _, _, err := d.Move(symbolon.VerbDistrust, true); err != nil {
		return d, false, err
	}
	if d.Trust == nil || d.Trust.RevokedAt != nil {
		return d, false, nil
	}
	d.Trust = endTrust(d.Trust, w.now, reason, w.actor)
	d, err := w.put(ctx, d, symbolon.EventDeviceDistrusted, eventData{"reason": reason})
	return d, err == nil, err
}

// endTrust is the trust, revoked; trust that was revoked before stays as it is.
func endTrust(t *symbolon.Trust, now time.Time, reason string, by symbolon.Actor) *symbolon.Trust {
	if t == nil || t.RevokedAt != nil {
		return t
	}
	ended := *t
	ended.RevokedAt, ended.RevokedReason, ended.RevokedBy = &now, reason, by.String()
	return &ended
}
