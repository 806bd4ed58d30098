package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// tripCookie is of a browser that is at the provider. It has to come along from there, so it
// is Lax; the session's, which is Strict, does not.
const tripCookie = "symbolon-round-trip"

// Pages of the portal where a round trip ends, in the browser's window or in one of its own,
// which tells the other and closes.
const (
	portalPage = "/admin/"
	windowPage = "/admin/signed-in"
)

// Why nobody comes in where the provider can't be asked, or too many come from one address.
const (
	unavailable registry.Denial = "unavailable"
	busy        registry.Denial = "busy"
)

// departToProvider sends a browser to the provider to sign in there, or with confirm to show
// again who its admin is.
func (s *Server) departToProvider(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	query := r.URL.Query()
	page := landing(query.Has("window") || query.Has("confirm"))
	if s.portal.arrivals.take(x.address, x.began) != nil {
		land(w, r, page, busy)
		return
	}
	trip, err := s.depart(r.Context(), x, query)
	switch {
	case errors.Is(err, symbolon.ErrUnavailable):
		x.fault = err
		land(w, r, page, unavailable)
		return
	case errors.Is(err, symbolon.ErrUnauthenticated):
		land(w, r, page, registry.DeniedExpired)
		return
	case err != nil:
		s.refuse(w, r, err)
		return
	}
	w.Header().Add("Set-Cookie", s.portal.tripCookie(trip.State))
	http.Redirect(w, r, trip.URL, http.StatusFound)
}

func (s *Server) depart(ctx context.Context, x *exchange, query url.Values) (registry.RoundTrip, error) {
	if !query.Has("confirm") {
		return s.registry.BeginProviderSignIn(ctx, visitorOf(x), query.Has("window"))
	}
	c, err := s.registry.AuthenticateSession(ctx, s.portal.read(x.request, sessionCookie), "", visitorOf(x))
	if err != nil {
		return registry.RoundTrip{}, err
	}
	x.caller = c
	return s.registry.BeginProviderConfirm(ctx, c)
}

// returnFromProvider takes what a browser comes back with (OpenID Connect Core §3.1.2.5).
func (s *Server) returnFromProvider(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	query := r.URL.Query()
	w.Header().Add("Set-Cookie", s.portal.tripCookie(""))
	end, err := s.registry.FinishProviderSignIn(r.Context(), visitorOf(x), registry.ProviderAnswer{
		Sealed: s.portal.read(r, tripCookie), State: query.Get("state"), Code: query.Get("code"), Error: query.Get("error"), Issuer: query.Get("iss"),
		Turn: func() error { return s.portal.arrivals.take(x.address, x.began) },
	})
	if errors.Is(err, symbolon.ErrRateLimited) {
		land(w, r, landing(end.Window), busy)
		return
	}
	if err != nil {
		x.fault = err
		land(w, r, landing(end.Window), unavailable)
		return
	}
	if end.Secret != "" {
		for _, cookie := range s.letIn(end.Admitted).Cookies {
			w.Header().Add("Set-Cookie", cookie)
		}
	}
	land(w, r, landing(end.Window), end.Denied)
}

func landing(window bool) string {
	if window {
		return windowPage
	}
	return portalPage
}

// land ends on a page of the portal, with the code of what went wrong, if anything did.
func land(w http.ResponseWriter, r *http.Request, page string, denied registry.Denial) {
	if denied != "" {
		page += "?error=" + url.QueryEscape(string(denied))
	}
	http.Redirect(w, r, page, http.StatusFound)
}

// tripCookie is on its way to the browser; an empty value forgets it.
func (p portal) tripCookie(value string) string {
	c := http.Cookie{
		Name: p.name(tripCookie), Value: value, Path: "/", MaxAge: int(registry.RoundTripLife.Seconds()),
		HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c.String()
}
