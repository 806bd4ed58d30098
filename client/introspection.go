package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// Introspect tells the live state of a device token (RFC 7662). A token that is no good, has
// expired, or is of a device that is blocked by now, is not active, which is no error; an
// error means that nobody could tell. The backend's credential needs the scope decisions.
func (c *Client) Introspect(ctx context.Context, token string) (symbolon.Introspection, error) {
	return get[symbolon.Introspection](ctx, c, request{
		method: http.MethodPost, path: c.inApp("introspect"), harmless: true,
		body: struct {
			Token string `json:"token"`
		}{token},
	})
}
