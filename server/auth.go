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

	staff = backends | admins
)

// public tells whether anyone on the network may try: rates hold, and pages may call.
func (c callers) public() bool { return c&(clients|users) != 0 }

// authenticate leaves in the exchange who calls. What the caller may do is asked by each
// operation of the registry.
func (s *Server) authenticate(rt *route, r *http.Request) error {
	x := exchangeOf(r.Context())
	token, err := bearer(r.Header)
	if err != nil {
		return err
	}
	if token == "" && rt.callers&clients == 0 {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "send Authorization: Bearer with %s", rt.callers.bearers())
	}
	if token != "" {
		if err := s.failures.check(x.address, x.began); err != nil {
			return err
		}
	}
	x.caller, err = s.registry.Authenticate(r.Context(), registry.Bearer{
		AppID: symbolon.AppID(r.PathValue("app")), Token: token, Address: x.address, At: x.at,
	})
	if errors.Is(err, symbolon.ErrUnauthenticated) {
		s.failures.take(x.address, x.began) //nolint:errcheck // it counts; the next check answers
	}
	return err
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

// asBackend tells whether the request shows a backend's or an admin's credential, good or
// bad. Rates don't hold for backends, and no page has any business with one.
func asBackend(h http.Header) bool {
	token, err := bearer(h)
	return err == nil && strings.HasPrefix(token, symbolon.CredentialPrefix)
}

// bearers names what a caller can show, for a message.
func (c callers) bearers() string {
	var names []string
	for _, b := range []struct {
		who  callers
		name string
	}{{users, "a ticket"}, {backends, "a credential of the app's backend"}, {admins, "an admin's credential"}} {
		if c&b.who != 0 {
			names = append(names, b.name)
		}
	}
	return strings.Join(names, " or ")
}
