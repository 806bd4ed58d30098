package registry

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

// UpdateDevice changes a device's name, metadata or push configuration. The objects are
// merged (RFC 7396): a member that is null goes, one that is absent stays.
func (r *Registry) UpdateDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, p symbolon.DevicePatch) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	if err := checkPatch(p); err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		return w.patch(ctx, d, p)
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

// patch makes the changes that a checked patch comes to, if it comes to any.
func (w writer) patch(ctx context.Context, d symbolon.Device, p symbolon.DevicePatch) (symbolon.Device, error) {
	changes := eventData{}
	if p.DeviceName != nil && *p.DeviceName != d.Name {
		d.Name, d.Renamed = *p.DeviceName, true
		changes["deviceName"] = d.Name
	}
	changed, err := mergeInto(&d.Metadata, p.Metadata, "metadata")
	if err != nil {
		return d, err
	}
	if changed {
		changes["metadata"] = d.Metadata
	}
	if changed, err = mergeInto(&d.PushConfig, p.PushConfig, "pushConfig"); err != nil {
		return d, err
	}
	if changed {
		changes["pushConfig"] = "changed" // its tokens don't belong in the log
	}
	if len(changes) == 0 {
		return d, nil
	}
	return w.put(ctx, d, symbolon.EventDeviceUpdated, changes)
}

// mergeInto applies a merge patch to an object, and says whether that changed it.
func mergeInto(object, patch *json.RawMessage, field string) (bool, error) {
	if patch == nil {
		return false, nil
	}
	before, err := decoded(*object)
	if err != nil {
		return false, err
	}
	after, err := decoded(*patch)
	if err != nil {
		return false, err
	}
	old, err := json.Marshal(before)
	if err != nil {
		return false, err
	}
	merged, err := json.Marshal(mergePatch(before, after))
	if err != nil || bytes.Equal(old, merged) {
		return false, err
	}
	*object = cleared(merged)
	return true, symbolon.CheckObject(field, merged)
}

// mergePatch is MergePatch of RFC 7396 §2.
func mergePatch(target, patch any) any {
	members, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, value := range members {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = mergePatch(object[name], value)
		}
	}
	return object
}

// decoded keeps numbers as they are written.
func decoded(raw json.RawMessage) (v any, err error) {
	if len(raw) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err = dec.Decode(&v)
	return v, err
}

func cleared(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	return raw
}
