package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/symbolon-id/symbolon"
)

// CreateChallenge makes a challenge for a proof of the purpose register, prove, rotate or
// approve.
func (c *Client) CreateChallenge(ctx context.Context, purpose string) (symbolon.Challenge, error) {
	return get[symbolon.Challenge](ctx, c, request{
		method: http.MethodPost, path: c.inApp("challenges"), harmless: true,
		body: symbolon.ChallengeRequest{Purpose: purpose},
	})
}

// Decide asks what a request's device is worth. Denial is a value; an error means that
// nothing was decided. It is sent once: a proof counts once, so a retry takes a fresh one.
// Without a Key, as a device asks, only Recommendation, Known and DeviceToken are set. With
// Explain a backend or an admin hears of every signal that was read.
func (c *Client) Decide(ctx context.Context, req symbolon.DecisionRequest) (symbolon.Decision, error) {
	r := request{method: http.MethodPost, path: c.inApp("decisions"), body: req}
	if req.Explain {
		r.query = url.Values{"explain": {"true"}}
	}
	return get[symbolon.Decision](ctx, c, r)
}

// AccountLink obtains the address that opens a user's own page of devices: redirect their
// browser to it within a minute.
func (c *Client) AccountLink(ctx context.Context, req symbolon.AccountLinkRequest) (symbolon.AccountLink, error) {
	return get[symbolon.AccountLink](ctx, c, request{method: http.MethodPost, path: c.inApp("account-links"), body: req, harmless: true})
}

// IssueTicket obtains a short-lived statement of who the user is, for the user's client
// to register a device with, or to manage its devices.
func (c *Client) IssueTicket(ctx context.Context, req symbolon.TicketRequest) (symbolon.Ticket, error) {
	return get[symbolon.Ticket](ctx, c, request{method: http.MethodPost, path: c.inApp("tickets"), body: req, harmless: true})
}
