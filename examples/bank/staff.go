package bank

import (
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// The support desk. A real one has its own sign-in and its own credential: here everyone
// may try it, and the page says so.

// staffDevice is a device with what the last decision on it found odd.
type staffDevice struct {
	symbolon.Device
	Reasons []string `json:"reasons"` // codes
}

type staffList struct {
	Items []staffDevice `json:"items"`
}

func (b *Bank) staffSearch(c *call) (any, error) {
	user, err := symbolon.ParseUserID(c.r.URL.Query().Get("user"))
	if err != nil {
		return nil, invalid("user must be 1 to %d characters", symbolon.MaxText)
	}
	page, err := b.cfg.Symbolon.ListUserDevices(c.ctx(), user)
	if err != nil {
		return nil, err
	}
	list := staffList{Items: []staffDevice{}}
	for _, d := range page.Items {
		reasons, err := b.lastReasons(c.ctx(), d.ID)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, staffDevice{shownToStaff(d), reasons})
	}
	return list, nil
}

// lastReasons are the codes of the risk that the last decision on the device found, as its
// timeline tells. It tells also of those that the policy gives no points.
func (b *Bank) lastReasons(ctx context.Context, id symbolon.DeviceID) ([]string, error) {
	reasons := []string{}
	page, err := b.cfg.Symbolon.ListDeviceEvents(ctx, id, client.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	for _, e := range page.Items {
		var d symbolon.Decided
		if e.Type != symbolon.EventDeviceDecided || json.Unmarshal(e.Data, &d) != nil {
			continue
		}
		for _, r := range d.Reasons {
			if r.Weight > 0 && b.policy.Risk.Points[r.Code] > 0 {
				reasons = append(reasons, r.Code)
			}
		}
		break
	}
	return reasons, nil
}

// shownToStaff leaves out what nobody at the desk needs.
func shownToStaff(d symbolon.Device) symbolon.Device {
	d.PublicKey, d.PushConfig = nil, nil
	return d
}

type reasonRequest struct {
	Reason string `json:"reason"`
}

func (b *Bank) staffBlock(c *call, in reasonRequest) (any, error) {
	if err := symbolon.CheckText("reason", in.Reason); err != nil {
		return nil, err
	}
	return b.staffDo(c, "block", func(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
		return b.cfg.Symbolon.BlockDevice(ctx, id, symbolon.BlockRequest{Reason: in.Reason})
	})
}

func (b *Bank) staffUnblock(c *call, _ struct{}) (any, error) {
	return b.staffDo(c, "unblock", func(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
		return b.cfg.Symbolon.UnblockDevice(ctx, id, symbolon.UnblockRequest{})
	})
}

func (b *Bank) staffDistrust(c *call, _ struct{}) (any, error) {
	return b.staffDo(c, "distrust", func(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
		return b.cfg.Symbolon.DistrustDevice(ctx, id, symbolon.DistrustRequest{Reason: "by support"})
	})
}

func (b *Bank) staffDo(c *call, verb string, do func(context.Context, symbolon.DeviceID) (symbolon.Device, error)) (any, error) {
	d, err := do(c.ctx(), symbolon.DeviceID(c.r.PathValue("device")))
	if err != nil {
		return nil, err
	}
	c.notes = append(c.notes, note{Kind: "staff", Action: verb, Device: d.Name, User: string(d.UserID)})
	return shownToStaff(d), nil
}
