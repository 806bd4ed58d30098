package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// Me speaks as a user about their own devices.
type Me struct {
	c     *Client
	proof string
}

// Me speaks as the user of a ticket. proof says which device asks, or is "". It counts
// for one call, so take a fresh Me for each.
func (c *Client) Me(ticket, proof string) Me { return Me{c: c.As(ticket), proof: proof} }

// ListDevices gives the user's devices, saying which one asks.
func (m Me) ListDevices(ctx context.Context) (symbolon.DevicePage, error) {
	return get[symbolon.DevicePage](ctx, m.c, m.request(http.MethodGet, m.c.inApp("me", "devices"), nil))
}

// ListTrustedDevices gives the flat records of those that are or were trusted.
func (m Me) ListTrustedDevices(ctx context.Context) (symbolon.TrustedDeviceList, error) {
	return get[symbolon.TrustedDeviceList](ctx, m.c, m.request(http.MethodGet, m.c.inApp("me", "trusted-devices"), nil))
}

// ListEvents tells what happened to the user's devices, the latest first.
func (m Me) ListEvents(ctx context.Context, p Page) (symbolon.EventPage, error) {
	return get[symbolon.EventPage](ctx, m.c, request{method: http.MethodGet, path: m.c.inApp("me", "events"), query: p.query("cursor")})
}

// RenameDevice gives a device another name.
func (m Me) RenameDevice(ctx context.Context, id symbolon.DeviceID, name string) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, m.c, m.request(http.MethodPatch, m.device(id), symbolon.DevicePatch{DeviceName: &name}))
}

// RemoveDevice signs a device out and removes it. A blocked one stays.
func (m Me) RemoveDevice(ctx context.Context, id symbolon.DeviceID) error {
	return m.c.call(ctx, m.request(http.MethodDelete, m.device(id), nil), nil)
}

// TrustDevice trusts the device that asks. The ticket must name a second factor that was
// just passed.
func (m Me) TrustDevice(ctx context.Context, id symbolon.DeviceID, terms symbolon.TrustTerms) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, m.c, m.request(http.MethodPost, m.device(id, "trust"), symbolon.TrustRequest{TrustTerms: terms}))
}

// DistrustDevice ends trust.
func (m Me) DistrustDevice(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, m.c, m.request(http.MethodPost, m.device(id, "distrust"), nil))
}

// ApproveDevice lets a pending device in, where policy leaves that to trusted devices. The
// proof is of the purpose approve, over the pending device's id as payload.
func (m Me) ApproveDevice(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, m.c, m.request(http.MethodPost, m.device(id, "approve"), nil))
}

// ReportLost blocks a device; only staff can unblock it.
func (m Me) ReportLost(ctx context.Context, id symbolon.DeviceID) (symbolon.Device, error) {
	return get[symbolon.Device](ctx, m.c, m.request(http.MethodPost, m.device(id, "report-lost"), nil))
}

// SignOutOthers removes every device of the user but the one that asks.
func (m Me) SignOutOthers(ctx context.Context) (symbolon.SignOut, error) {
	return get[symbolon.SignOut](ctx, m.c, m.request(http.MethodPost, m.c.inApp("me", "sign-out-others"), nil))
}

func (m Me) device(id symbolon.DeviceID, rest ...string) string {
	return m.c.inApp(append([]string{"me", "devices", string(id)}, rest...)...)
}

func (m Me) request(method, path string, body any) request {
	return request{method: method, path: path, body: body, proof: m.proof}
}
