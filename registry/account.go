package registry

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// A link opens the page once, and the page's session lasts for half an hour. Both are
// tickets of types of their own: neither is an assertion.
const (
	linkType         = "symbolon-link+jwt"
	accountType      = "symbolon-account+jwt"
	linkTTL          = time.Minute
	accountTTL       = 30 * time.Minute
	linkSpendLabel   = "link:"
	accountPath      = "/account/"
	accountLinkField = "origin"
)

// AccountSession is a user at the page of their own devices.
type AccountSession struct {
	Secret  string // for the page's cookie
	User    symbolon.UserID
	Expires time.Time
}

// AccountLink makes the address by which a user comes to the page of their own devices: the
// backend's word on who they are, for one use within a minute.
func (r *Registry) AccountLink(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.AccountLinkRequest) (symbolon.AccountLink, error) {
	s, err := r.open(ctx, c, app, opTicket)
	if err != nil {
		return symbolon.AccountLink{}, err
	}
	claims, err := r.ticketClaims(symbolon.TicketRequest{UserID: req.UserID, Factor: req.Factor, AuthTime: req.AuthTime}, s, c.At)
	if err != nil {
		return symbolon.AccountLink{}, err
	}
	base := strings.TrimSuffix(r.publicURL, "/")
	switch {
	case req.Origin == "":
		claims.Origin = r.ownOrigin()
	case s.app.AllowsOrigin(req.Origin):
		base, claims.Origin = req.Origin, req.Origin
	default:
		return symbolon.AccountLink{}, symbolon.InvalidField(accountLinkField, "must be one of the app's origins")
	}
	claims.Expires = seconds(c.At.Add(linkTTL))
	if err := r.addEpoch(ctx, &claims); err != nil {
		return symbolon.AccountLink{}, err
	}
	text, err := r.signTicket(linkType, claims)
	return symbolon.AccountLink{
		URL: base + accountPath + string(app) + "/enter?link=" + url.QueryEscape(text), ExpiresAt: timeOf(claims.Expires),
	}, err
}

// ownOrigin is that of the service's public URL.
func (r *Registry) ownOrigin() string {
	u, err := url.Parse(r.publicURL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// AllowsAccountAt tells whether the app's page of devices may be shown at the origin: the
// service's own, or one of the app's.
func (r *Registry) AllowsAccountAt(ctx context.Context, app symbolon.AppID, origin string, at time.Time) (bool, error) {
	allowed, err := r.AllowsOrigin(ctx, app, origin, at)
	if err != nil || allowed || origin != r.ownOrigin() {
		return allowed, err
	}
	_, err = r.settingsOf(ctx, app, at)
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// EnterAccount spends a link and begins the session that it opens, at the origin that it was
// made for.
func (r *Registry) EnterAccount(ctx context.Context, app symbolon.AppID, origin, link string, at time.Time) (AccountSession, error) {
	refused := symbolon.Errorf(symbolon.ErrUnauthenticated, "this link was used before, or its minute is over; open the page from the app again")
	claims, ok := r.readTicket(linkType, link, app, at)
	if !ok || claims.Origin != origin {
		return AccountSession{}, refused
	}
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		if err := r.admitted(ctx, tx, claims.assertion()); err != nil {
			return err
		}
		return tx.TakeSpend(ctx, app, []byte(linkSpendLabel+claims.ID), timeOf(claims.Expires).Add(spendMargin))
	})
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return AccountSession{}, refused
	}
	if err != nil {
		return AccountSession{}, err
	}
	claims.ID, claims.Expires = newTicketID(), seconds(at.Add(accountTTL))
	secret, err := r.signTicket(accountType, claims)
	return AccountSession{Secret: secret, User: claims.User, Expires: timeOf(claims.Expires)}, err
}

// AccountTicket gives the page of a session a ticket for its next calls. It says what the
// link said: a second factor gets no fresher by it, and all of a session's tickets together
// register one device.
func (r *Registry) AccountTicket(app symbolon.AppID, origin, secret string, at time.Time) (symbolon.Ticket, error) {
	claims, err := r.accountClaims(app, origin, secret, at)
	if err != nil {
		return symbolon.Ticket{}, err
	}
	claims.Origin = ""
	claims.Expires = min(claims.Expires, seconds(at.Add(ticketTTL)))
	text, err := r.signTicket(ticketType, claims)
	return symbolon.Ticket{Ticket: text, ExpiresAt: timeOf(claims.Expires)}, err
}

// AccountCaller is the user of a session.
func (r *Registry) AccountCaller(app symbolon.AppID, origin, secret string, at time.Time) (symbolon.Caller, error) {
	claims, err := r.accountClaims(app, origin, secret, at)
	if err != nil {
		return symbolon.Caller{}, err
	}
	a := claims.assertion()
	return symbolon.Caller{Kind: symbolon.CallerUser, AppID: app, Assertion: &a, At: symbolon.Micro(at)}, nil
}

func (r *Registry) accountClaims(app symbolon.AppID, origin, secret string, at time.Time) (ticketClaims, error) {
	claims, ok := r.readTicket(accountType, secret, app, at)
	if !ok || claims.Origin != origin {
		return ticketClaims{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the visit to this page has ended; open it from the app again")
	}
	return claims, nil
}

// AccountApp is what the page says of the app: its name, and where its pages are, or "".
func (r *Registry) AccountApp(ctx context.Context, app symbolon.AppID, at time.Time) (name, home string, err error) {
	s, err := r.settingsOf(ctx, app, at)
	if err != nil {
		return "", "", err
	}
	if len(s.app.Origins) > 0 {
		home = s.app.Origins[0]
	}
	return s.app.Name, home, nil
}

// PublicURL is where the service is reached.
func (r *Registry) PublicURL() string { return r.publicURL }
