package client

import (
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/symbolon-id/symbolon"
)

// DeviceFilter selects and orders devices. Empty members do not filter.
type DeviceFilter struct {
	User    symbolon.UserID
	Status  symbolon.Status
	Type    symbolon.DeviceType
	Trusted *bool // whether trust counts now
	KeyID   symbolon.KeyID
	Prefix  string              // of user, key or name
	Sort    symbolon.DeviceSort // lastUsed where empty
}

// RegisterDevice registers the device that signed the proof. The bearer is a ticket:
// c.As(ticket).RegisterDevice(…). created is false for a device that was there. Where the
// user has too many and the policy lets them choose, the error holds Choices: a
// *symbolon.Error, by errors.As. Ask again with some of them in Replace, and a fresh proof.
func (c *Client) RegisterDevice(ctx context.Context, req symbolon.Registration) (out symbolon.Device, created bool, err error) {
	return c.register(ctx, c.inApp("devices"), req)
}

// RegisterKey registers a key that the backend vouches for. Until its first valid proof
// the device is neither known nor trustable.
func (c *Client) RegisterKey(ctx context.Context, user symbolon.UserID, req symbolon.KeyRegistration) (out symbolon.Device, created bool, err error) {
	return c.register(ctx, c.inApp("users", string(user), "devices"), req)
}

func (c *Client) register(ctx context.Context, path string, body any) (out symbolon.Device, created bool, err error) {
	err = c.call(ctx, request{
		method: http.MethodPost, path: path, body: body,
		gotHeader: func(status int, _ http.Header) { created = status == http.StatusCreated },
	}, &out)
	return out, created, err
}

// ListDevices gives one page of the app's devices.
func (c *Client) ListDevices(ctx context.Context, f DeviceFilter, p Page) (symbolon.DevicePage, error) {
	q := p.query("cursor")
	set(q, "user", f.User)
	set(q, "status", f.Status)
	set(q, "type", f.Type)
	set(q, "keyId", f.KeyID)
	set(q, "q", f.Prefix)
	set(q, "sort", f.Sort)
	if f.Trusted != nil {
		q.Set("trusted", strconv.FormatBool(*f.Trusted))
	}
	return get[symbolon.DevicePage](ctx, c, request{method: http.MethodGet, path: c.inApp("devices"), query: q})
}

// Devices walks all of the app's devices that the filter selects.
func (c *Client) Devices(ctx context.Context, f DeviceFilter) iter.Seq2[symbolon.Device, error] {
	return all(Page{Limit: 200}, func(p Page) ([]symbolon.Device, string, error) {
		page, err := c.ListDevices(ctx, f, p)
		return page.Items, page.NextCursor, err
	})
}

// GetDevice gives one device. ErrDeviceUnknown where there is none.
func (c *Client) GetDevice(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, c, request{method: http.MethodGet, path: c.device(id)})
}

// UpdateDevice changes what the patch names: name, metadata or push configuration.
func (c *Client) UpdateDevice(ctx context.Context, id symbolon.DeviceID, patch symbolon.DevicePatch) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, c, request{method: http.MethodPatch, path: c.device(id), body: patch})
}

// RemoveDevice removes a device. The key of a blocked one stays out.
func (c *Client) RemoveDevice(ctx context.Context, id symbolon.DeviceID) error {
	return c.call(ctx, request{method: http.MethodDelete, path: c.device(id)}, nil)
}

// BlockDevice blocks a device from its next request on.
func (c *Client) BlockDevice(ctx context.Context, id symbolon.DeviceID, req symbolon.BlockRequest) (symbolon.Device, error) {
	return c.change(ctx, id, "block", req)
}

// UnblockDevice lifts a block. Trust that the device had stays gone.
func (c *Client) UnblockDevice(ctx context.Context, id symbolon.DeviceID, req symbolon.UnblockRequest) (symbolon.Device, error) {
	return c.change(ctx, id, "unblock", req)
}

// ApproveDevice lets a pending device in.
func (c *Client) ApproveDevice(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
	return c.change(ctx, id, "approve", nil)
}

// TrustDevice grants trust. A backend names the decision on a valid proof, less than ten
// minutes old, and the second factor that was passed; an admin needs neither.
func (c *Client) TrustDevice(ctx context.Context, id symbolon.DeviceID, req symbolon.TrustRequest) (symbolon.Device, error) {
	return c.change(ctx, id, "trust", req)
}

// DistrustDevice ends trust.
func (c *Client) DistrustDevice(ctx context.Context, id symbolon.DeviceID, req symbolon.DistrustRequest) (symbolon.Device, error) {
	return c.change(ctx, id, "distrust", req)
}

// RotateKey replaces the device's key. A device calls it itself: the two proofs say who.
func (c *Client) RotateKey(ctx context.Context, id symbolon.DeviceID, req symbolon.Rotation) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, c.As(""), request{method: http.MethodPut, path: c.device(id, "key"), body: req})
}

// ListDeviceEvents gives one page of a device's timeline, the latest first.
func (c *Client) ListDeviceEvents(ctx context.Context, id symbolon.DeviceID, p Page) (symbolon.EventPage, error) {
	return get[symbolon.EventPage](ctx, c, request{method: http.MethodGet, path: c.device(id, "events"), query: p.query("cursor")})
}

// DeviceEvents walks a device's whole timeline, the latest first.
func (c *Client) DeviceEvents(ctx context.Context, id symbolon.DeviceID) iter.Seq2[symbolon.Event, error] {
	return all(Page{Limit: 200}, func(p Page) ([]symbolon.Event, string, error) {
		page, err := c.ListDeviceEvents(ctx, id, p)
		return page.Items, page.NextCursor, err
	})
}

func (c *Client) device(id symbolon.DeviceID, rest ...string) string {
	return c.inApp(append([]string{"devices", string(id)}, rest...)...)
}

func (c *Client) change(ctx context.Context, id symbolon.DeviceID, verb string, body any) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, c, request{method: http.MethodPost, path: c.device(id, verb), body: body})
}
