package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// CredentialList is all credentials of an app, or of admins on all apps.
type CredentialList struct {
	Items []symbolon.Credential `json:"items"`
}

// CreateCredential makes a credential of the client's app, or of an admin on all apps
// where the client has none. Its key is shown this once.
func (c *Client) CreateCredential(ctx context.Context, req symbolon.NewCredential) (symbolon.IssuedCredential, error) {
	return get[symbolon.IssuedCredential](ctx, c, request{method: http.MethodPost, path: c.credentials(), body: req})
}

// ListCredentials gives the credentials, without their keys.
func (c *Client) ListCredentials(ctx context.Context) (CredentialList, error) {
	return get[CredentialList](ctx, c, request{method: http.MethodGet, path: c.credentials()})
}

// RevokeCredential ends a credential. It stays listed.
func (c *Client) RevokeCredential(ctx context.Context, id symbolon.CredentialID) (symbolon.Credential, error) {
	return get[symbolon.Credential](ctx, c, request{method: http.MethodDelete, path: c.credentials() + path(string(id))})
}

func (c *Client) credentials() string {
	if c.app == "" {
		return "/v1/credentials"
	}
	return c.inApp("credentials")
}
