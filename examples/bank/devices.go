package bank

import (
	"github.com/symbolon-id/symbolon"
)

type devicesRequest struct {
	evidence
	Code string `json:"code,omitempty"`
}

type deviceList struct {
	Items []symbolon.Device `json:"items"`
}

func (b *Bank) checkDevices(c *call, in devicesRequest) error {
	return b.check(c, question{action: actionDevices, evidence: in.evidence, code: in.Code})
}

func (b *Bank) listDevices(c *call, in devicesRequest) (any, error) {
	if err := b.checkDevices(c, in); err != nil {
		return nil, err
	}
	page, err := b.cfg.Symbolon.ListUserDevices(c.ctx(), c.session.user)
	if err != nil {
		return nil, err
	}
	list := deviceList{Items: []symbolon.Device{}}
	for _, d := range page.Items {
		list.Items = append(list.Items, d.ForSelf(d.ID == c.session.device))
	}
	return list, nil
}

// own gives the device that the path names, where it is the customer's.
func (b *Bank) own(c *call) (symbolon.Device, error) {
	d, err := b.cfg.Symbolon.GetDevice(c.ctx(), symbolon.DeviceID(c.r.PathValue("device")))
	if err == nil && d.UserID != c.session.user {
		return d, errNoDevice
	}
	return d, err
}

func (b *Bank) distrustDevice(c *call, in devicesRequest) (any, error) {
	if err := b.checkDevices(c, in); err != nil {
		return nil, err
	}
	d, err := b.own(c)
	if err != nil {
		return nil, err
	}
	d, err = b.cfg.Symbolon.DistrustDevice(c.ctx(), d.ID, symbolon.DistrustRequest{Reason: "by its owner"})
	if err != nil {
		return nil, err
	}
	return d.ForSelf(d.ID == c.session.device), nil
}

// removeDevice forgets a device; where it is this one, its session ends with it.
func (b *Bank) removeDevice(c *call, in devicesRequest) (any, error) {
	if err := b.checkDevices(c, in); err != nil {
		return nil, err
	}
	d, err := b.own(c)
	if err != nil {
		return nil, err
	}
	if d.Status == symbolon.StatusBlocked {
		return nil, errDeviceBlocked
	}
	if err := b.cfg.Symbolon.RemoveDevice(c.ctx(), d.ID); err != nil {
		return nil, err
	}
	if d.ID == c.session.device {
		b.sessions.end(c)
	}
	return b.progress(c, ""), nil
}
