package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/symbolon-id/symbolon"
)

// ListUserDevices gives all devices of a user, the latest created first.
func (c *Client) ListUserDevices(ctx context.Context, user symbolon.UserID) (symbolon.DevicePage, error) {
	return get[symbolon.DevicePage](ctx, c, request{method: http.MethodGet, path: c.user(user, "devices")})
}

// ListTrustedDevices gives the flat records of a user's devices that are or were trusted.
func (c *Client) ListTrustedDevices(ctx context.Context, user symbolon.UserID) (symbolon.TrustedDeviceList, error) {
	return get[symbolon.TrustedDeviceList](ctx, c, request{method: http.MethodGet, path: c.user(user, "trusted-devices")})
}

// ImportTrustedDevices takes in up to 500 records of an earlier system, as devices that
// are listed but not known until a registration of their user claims them.
func (c *Client) ImportTrustedDevices(ctx context.Context, records []symbolon.TrustedDevice) (symbolon.ImportReport, error) {
	return get[symbolon.ImportReport](ctx, c, c.importing(records))
}

// CheckImport says what ImportTrustedDevices would do with the records, and does nothing.
func (c *Client) CheckImport(ctx context.Context, records []symbolon.TrustedDevice) (symbolon.ImportReport, error) {
	r := c.importing(records)
	r.query, r.harmless = url.Values{"dryRun": {"true"}}, true
	return get[symbolon.ImportReport](ctx, c, r)
}

// importing may be repeated: a record that is there already counts as existing.
func (c *Client) importing(records []symbolon.TrustedDevice) request {
	return request{
		method: http.MethodPost, path: c.inApp("trusted-devices"), harmless: true,
		body: symbolon.TrustedDeviceList{Items: records},
	}
}

// RevokeUser does to the user's devices what the policy says for what happened.
func (c *Client) RevokeUser(ctx context.Context, user symbolon.UserID, cause symbolon.Cause) (symbolon.Revocation, error) {
	return get[symbolon.Revocation](ctx, c, request{
		method: http.MethodPost, path: c.user(user, "revocations"), body: symbolon.RevocationRequest{Cause: cause},
	})
}

// ReactivateUser admits a deactivated user again.
func (c *Client) ReactivateUser(ctx context.Context, user symbolon.UserID) (symbolon.Revocation, error) {
	return get[symbolon.Revocation](ctx, c, request{method: http.MethodPost, path: c.user(user, "reactivate")})
}

// ExportUser gives all that is kept of a user, in one piece: it reads all pages.
func (c *Client) ExportUser(ctx context.Context, user symbolon.UserID) (symbolon.UserExport, error) {
	r := request{method: http.MethodGet, path: c.user(user)}
	whole, err := get[symbolon.UserExport](ctx, c, r)
	for err == nil && whole.NextCursor != "" {
		var page symbolon.UserExport
		r.query = url.Values{"cursor": {whole.NextCursor}}
		page, err = get[symbolon.UserExport](ctx, c, r)
		whole.Events, whole.NextCursor = append(whole.Events, page.Events...), page.NextCursor
	}
	return whole, err
}

// EraseUser erases all that is kept of a user. What stays of the log says nothing of them.
func (c *Client) EraseUser(ctx context.Context, user symbolon.UserID) (symbolon.Erasure, error) {
	return get[symbolon.Erasure](ctx, c, request{method: http.MethodDelete, path: c.user(user)})
}

// LiftTombstones lets the keys of the user's blocked and removed devices come back.
func (c *Client) LiftTombstones(ctx context.Context, user symbolon.UserID) (symbolon.LiftedTombstones, error) {
	return get[symbolon.LiftedTombstones](ctx, c, request{method: http.MethodDelete, path: c.user(user, "tombstones")})
}

func (c *Client) user(id symbolon.UserID, rest ...string) string {
	return c.inApp(append([]string{"users", string(id)}, rest...)...)
}
