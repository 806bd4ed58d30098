package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// AdminPage is a page of admins in the order of their logins.
type AdminPage struct {
	Items      []symbolon.Admin `json:"items"`
	NextCursor string           `json:"nextCursor"`
}

// CreateSetupLink makes the link by which the first admin comes in. ErrConflict where there
// is an admin already.
func (c *Client) CreateSetupLink(ctx context.Context) (symbolon.Invitation, error) {
	return get[symbolon.Invitation](ctx, c, request{method: http.MethodPost, path: "/v1/admin/setup-link"})
}

// CreateAdmin makes an account, and the invitation by which its owner gets in.
func (c *Client) CreateAdmin(ctx context.Context, a symbolon.NewAdmin) (symbolon.InvitedAdmin, error) {
	return get[symbolon.InvitedAdmin](ctx, c, request{method: http.MethodPost, path: "/v1/admins", body: a})
}

// ListAdmins gives a page of admins.
func (c *Client) ListAdmins(ctx context.Context, p Page) (AdminPage, error) {
	return get[AdminPage](ctx, c, request{method: http.MethodGet, path: "/v1/admins", query: p.query("cursor")})
}

// UpdateAdmin changes an admin's name or grants, or keeps them out.
func (c *Client) UpdateAdmin(ctx context.Context, id symbolon.AdminID, p symbolon.AdminPatch) (symbolon.Admin, error) {
	return get[symbolon.Admin](ctx, c, request{method: http.MethodPatch, path: adminPath(id), body: p})
}

// InviteAdmin gives an admin a new way in, such as after a forgotten password.
func (c *Client) InviteAdmin(ctx context.Context, id symbolon.AdminID) (symbolon.InvitedAdmin, error) {
	return get[symbolon.InvitedAdmin](ctx, c, request{method: http.MethodPost, path: adminPath(id) + "/invitation"})
}

// RemoveAdmin removes an account with its sessions.
func (c *Client) RemoveAdmin(ctx context.Context, id symbolon.AdminID) error {
	return c.call(ctx, request{method: http.MethodDelete, path: adminPath(id)}, nil)
}

func adminPath(id symbolon.AdminID) string { return "/v1/admins" + path(string(id)) }
