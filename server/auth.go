package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// callers is a set of kinds of callers.
type callers uint8

// The callers of the API, and the sets that operations name.
const (
	clients  callers = 1 << iota // a device, for whose user nobody vouches
	users                        // an assertion
	backends                     // an app's credential
	admins
	people // admins in a session of the portal, and no credentials

	staff = backends | admins
)

// public tells whether anyone on the network may try: rates hold, and pages may call.
func (c callers) public() bool { return c&(clients|users) != 0 }

// admits tells whether such a caller is in the set.
func (c callers) admits(who symbolon.Caller) bool {
	switch who.Kind {
	case symbolon.CallerClient:
		return c&clients != 0
	case symbolon.CallerUser:
		return c&users != 0
	case symbolon.CallerBackend:
		return c&backends != 0
	case symbolon.CallerAdmin:
		return c&admins != 0 || c&people != 0 && who.Admin != nil
	}
	return false
}

// admit leaves in the exchange who calls, if that is one whom the operation is for. Whoever
// shows no good credential of a backend or an admin is held against the rates of the
// address. What the caller may do there is asked by each operation of the registry.
func (s *Server) admit(rt *route, w http.ResponseWriter, r *http.Request) error {
	if rt.atCheck {
		return s.admitAtPage(rt, r, s.enterCheck)
	}
	if rt.atAccount {
		return s.admitAtPage(rt, r, s.enterAccount)
	}
	x := exchangeOf(r.Context())
	bad := s.authenticate(rt, x, r)
	if bad != nil && !isRefused(bad) {
		return s.undecided(rt, w, r, bad)
	}
	if bad != nil || !x.caller.Staff() {
		if err := s.takeTurn(w, x); err != nil {
			return err
		}
		if rt.forPages() {
			if _, err := s.allowOrigin(w, r); err != nil {
				return err
			}
		}
	}
	switch {
	case bad != nil:
		return bad
	case rt.callers.admits(x.caller):
		return nil
	case x.caller.Kind == symbolon.CallerClient:
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "send Authorization: Bearer with %s", rt.callers.bearers())
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "this caller may not do this; it is for %s", rt.callers.names())
}

// undecided is for a bearer of which nobody could tell now. The app's pages may read that,
// else they would take it for a fault of the network.
func (s *Server) undecided(rt *route, w http.ResponseWriter, r *http.Request, why error) error {
	if x := exchangeOf(r.Context()); x.stranger {
		if err := s.takeTurn(w, x); err != nil {
			return err
		}
	}
	if rt.forPages() {
		if _, err := s.allowOrigin(w, r); err != nil {
			return err
		}
	}
	return why
}

// authenticate judges the bearer, and holds bad ones against the address.
func (s *Server) authenticate(rt *route, x *exchange, r *http.Request) error {
	token, err := bearer(r.Header)
	if err != nil {
		return or(s.failures.take(x.address, x.began), err)
	}
	if token == "" {
		person, err := s.admitPerson(rt, x, r)
		if errors.Is(err, symbolon.ErrUnauthenticated) {
			return or(s.failures.take(x.address, x.began), err)
		}
		if person || err != nil {
			return err
		}
	}
	b := registry.Bearer{
		AppID: symbolon.AppID(r.PathValue("app")), Token: token, Assertions: rt.callers&users != 0, Address: x.address, At: x.at,
	}
	x.caller, err = s.judgeBearer(r.Context(), b, symbolon.ErrUnauthenticated, registry.ErrIssuer)
	if !x.stranger && errors.Is(err, symbolon.ErrUnauthenticated) {
		return or(s.failures.take(x.address, x.began), err)
	}
	return err
}

// judgeBearer asks the registry whose a bearer is. A guess costs a look at the store or a
// question to an OIDC issuer, so a stranger pays for it before, with a turn of failures, and
// gets that back unless it came to one of those: however many guesses are under way, an
// address has only so many. Those who are known there pass meanwhile.
func (s *Server) judgeBearer(ctx context.Context, b registry.Bearer, charged ...error) (symbolon.Caller, error) {
	x := exchangeOf(ctx)
	if x.stranger = !s.registry.Recognises(b); !x.stranger {
		return s.registry.Authenticate(ctx, b)
	}
	if err := s.failures.take(x.address, x.began); err != nil {
		return symbolon.Caller{}, err
	}
	c, err := s.registry.Authenticate(ctx, b)
	if !slices.ContainsFunc(charged, func(one error) bool { return errors.Is(err, one) }) {
		s.failures.giveBack(x.address, time.Now()) // the issuer may have taken its time
	}
	return c, err
}

// isRefused tells a bearer that is no good from one that could not be judged.
func isRefused(err error) bool {
	return errors.Is(err, symbolon.ErrUnauthenticated) || errors.Is(err, symbolon.ErrRateLimited)
}

// bearer is the token of RFC 6750 §2.1, or "" where there is none.
func bearer(h http.Header) (string, error) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return "", nil
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", symbolon.Errorf(symbolon.ErrUnauthenticated, "Authorization must be given once, as Bearer and a token")
	}
	return token, nil
}

// bearers names what a caller can show, for a message.
func (c callers) bearers() string {
	var names []string
	for _, b := range []struct {
		who  callers
		name string
	}{{users, "a ticket or a token of an OIDC issuer"}, {backends, "a credential of the app's backend"}, {admins, "an admin's credential"}, {people, "nothing, but the cookie of a session"}} {
		if c&b.who != 0 {
			names = append(names, b.name)
		}
	}
	return strings.Join(names, " or ")
}
