package symbolontest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// DeviceToken proves, as the device's own page does, and gives the token that the service
// answers with: what a resource server of the app verifies offline.
func (d *Device) DeviceToken(ctx context.Context) (string, error) {
	d.mu.Lock()
	user := d.user
	d.mu.Unlock()
	p, err := d.Prove(ctx, Statement{User: user})
	if err != nil {
		return "", err
	}
	decision, err := d.app.Device.Decide(ctx, symbolon.DecisionRequest{Proof: p})
	if err != nil {
		return "", err
	}
	if decision.DeviceToken == "" {
		return "", errors.New("symbolontest: the service gave no device token: the device is not known, or is refused")
	}
	return decision.DeviceToken, nil
}

// RequestProof is what a proof for one request shall say (DPoP, RFC 9449).
type RequestProof struct {
	ID     string    // jti; "" for a fresh one
	Method string    // htm
	URL    string    // htu
	Token  string    // the access token beside it, or ""
	Nonce  string    // as the resource server gave it, or ""
	At     time.Time // iat; the zero time for now
}

// ProveRequest signs a proof for one request to a resource server of the app.
func (d *Device) ProveRequest(p RequestProof) (string, error) {
	if p.ID == "" {
		p.ID = rand.Text()
	}
	if p.At.IsZero() {
		p.At = time.Now()
	}
	k := d.present()
	return proof.SignDPoP(k.signer, proof.DPoP{
		JWK: k.public, ID: p.ID, Method: p.Method, URL: p.URL, Nonce: p.Nonce, IssuedAt: p.At,
	}, p.Token)
}

// Do sends a request to a resource server of the app, with the token and a proof for it, and
// once more where the server asks for a nonce of its own.
func (d *Device) Do(c *http.Client, req *http.Request, token string) (*http.Response, error) {
	resp, err := d.send(c, req, token, "")
	if err != nil {
		return nil, err
	}
	nonce := resp.Header.Get("DPoP-Nonce")
	if resp.StatusCode != http.StatusUnauthorized || nonce == "" {
		return resp, nil
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	return d.send(c, req, token, nonce)
}

func (d *Device) send(c *http.Client, req *http.Request, token, nonce string) (*http.Response, error) {
	p, err := d.ProveRequest(RequestProof{Method: req.Method, URL: req.URL.String(), Token: token, Nonce: nonce})
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	if req.GetBody != nil {
		if req.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	req.Header.Set("Authorization", "DPoP "+token)
	req.Header.Set("DPoP", p)
	return c.Do(req)
}
