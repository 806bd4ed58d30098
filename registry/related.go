package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// RelatedDevices gives the devices that share the device's key or its hardware, as lists
// give them.
func (r *Registry) RelatedDevices(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID) (symbolon.RelatedDevices, error) {
	none := symbolon.RelatedDevices{SameKey: []symbolon.Device{}, SameHardware: []symbolon.Device{}}
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return none, err
	}
	d, err := r.store.GetDevice(ctx, app, id)
	if err != nil {
		return none, unknownDevice(err)
	}
	related := none
	if d.KeyID != "" {
		found, err := r.store.ListSomeKeyDevices(ctx, app, d.KeyID, symbolon.MaxRelated+1)
		if err != nil {
			return none, err
		}
		related.SameKey = s.allShown(fewOf(found, func(o symbolon.Device) bool { return o.ID != d.ID }), c.At)
	}
	if d.ManufacturerID != "" {
		found, err := r.store.ListHardwareDevices(ctx, app, d.ManufacturerID, 2*symbolon.MaxRelated+1)
		if err != nil {
			return none, err
		}
		related.SameHardware = s.allShown(fewOf(found, func(o symbolon.Device) bool {
			return o.ID != d.ID && (d.KeyID == "" || o.KeyID != d.KeyID)
		}), c.At)
	}
	return related, nil
}

// fewOf are those of the found devices that belong, and no more than may be shown.
func fewOf(found []symbolon.Device, belongs func(symbolon.Device) bool) []symbolon.Device {
	rest := []symbolon.Device{}
	for _, d := range found {
		if belongs(d) && len(rest) < symbolon.MaxRelated {
			rest = append(rest, d)
		}
	}
	return rest
}
