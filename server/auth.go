package server

import (
	"errors"
	"net/http"
	"strings"

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
	x := exchangeOf(r.Context())
	bad := s.authenticate(rt, x, r)
	if bad != nil && !isRefused(bad) {
		return bad // nobody could tell
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
	case errors.Is(bad, symbolon.ErrUnauthenticated):
		return or(s.failures.take(x.address, x.began), bad)
	case bad != nil:
		return bad
	case rt.callers.admits(x.caller):
		return nil
	case x.caller.Kind == symbolon.CallerClient:
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "send Authorization: Bearer with %s", rt.callers.bearers())
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "this caller may not do this; it is for %s", rt.callers.names())
}

// authenticate judges the bearer. A guess costs a look at the store, so an address that
// guessed too often is refused before it; those who are known there still pass.
func (s *Server) authenticate(rt *route, x *exchange, r *http.Request) error {
	token, err := bearer(r.Header)
	if err != nil {
		return err
	}
	if token == "" {
		if person, err := s.admitPerson(rt, x, r); person || err != nil {
			return err
		}
	}
	b := registry.Bearer{AppID: symbolon.AppID(r.PathValue("app")), Token: token, Address: x.address, At: x.at}
	if token != "" && !s.registry.Recognises(b) {
		if err := s.failures.check(x.address, x.began); err != nil {
			return err
		}
	}
	x.caller, err = s.registry.Authenticate(r.Context(), b)
	return err
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
	}{{users, "a ticket"}, {backends, "a credential of the app's backend"}, {admins, "an admin's credential"}, {people, "nothing, but the cookie of a session"}} {
		if c&b.who != 0 {
			names = append(names, b.name)
		}
	}
	return strings.Join(names, " or ")
}
