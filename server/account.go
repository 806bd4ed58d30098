package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/symbolon-id/symbolon"
)

// accountCookies are of sessions at the page of one's own devices, with the app's id behind:
// among those that forward-auth keeps from the app, and none that a pass can have.
const accountCookies = "symbolon_."

func (s *Server) createAccountLink(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.AccountLinkRequest]) (symbolon.AccountLink, error) {
	return s.registry.AccountLink(ctx, c, in.App, in.Body)
}

// enterAccount is the way into everything below /account: it uses up one of the address's
// public calls, and leaves in the exchange at which origin the page stands. That is one of
// the app's where a trusted proxy says so, else the service's own.
func (s *Server) enterAccount(r *http.Request, app symbolon.AppID) error {
	x := exchangeOf(r.Context())
	if err := s.public.take(x.address, x.began); err != nil {
		return err
	}
	x.from = s.own
	if x.fromProxy {
		var err error
		if x.from, err = s.original(r); err != nil {
			return err
		}
	}
	allowed, err := s.registry.AllowsAccountAt(r.Context(), app, x.from.origin, x.at)
	if err == nil && !allowed {
		err = symbolon.Errorf(symbolon.ErrNotFound, "there is no such page here")
	}
	return err
}

// ownOrigin is how a request comes to the service itself.
func ownOrigin(publicURL string) original {
	u, err := url.Parse(publicURL)
	if err != nil {
		return original{}
	}
	return original{origin: u.Scheme + "://" + u.Host, secure: u.Scheme == "https"}
}

// accountCookie sets the session for so long, or takes it away where there is none.
func (o original) accountCookie(app symbolon.AppID, secret string, life time.Duration) string {
	c := http.Cookie{
		Name: o.accountCookieName(app), Value: secret, Path: "/", HttpOnly: true, Secure: o.secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second),
	}
	if secret == "" || c.MaxAge <= 0 {
		c.Value, c.MaxAge = "", -1
	}
	return c.String()
}

func (o original) accountCookieName(app symbolon.AppID) string {
	if o.secure {
		return "__Host-" + accountCookies + string(app)
	}
	return accountCookies + string(app)
}

// accountSecret is what the page's cookie holds, or "" where it is not there once.
func accountSecret(r *http.Request, app symbolon.AppID) string {
	if found := r.CookiesNamed(exchangeOf(r.Context()).from.accountCookieName(app)); len(found) == 1 {
		return found[0].Value
	}
	return ""
}

// startAccount begins a session by a link, and leads to the page without the link in its
// address.
func (s *Server) startAccount(w http.ResponseWriter, r *http.Request) {
	app := symbolon.AppID(r.PathValue("app"))
	if err := s.enterAccount(r, app); err != nil {
		s.refuse(w, r, err)
		return
	}
	x := exchangeOf(r.Context())
	session, err := s.registry.EnterAccount(r.Context(), app, x.from.origin, r.URL.Query().Get("link"), x.at)
	if err != nil {
		s.showAccountProblem(w, r, err)
		return
	}
	w.Header().Set("Set-Cookie", x.from.accountCookie(app, session.Secret, session.Expires.Sub(x.at)))
	w.Header().Set("Location", "../"+string(app))
	w.WriteHeader(http.StatusSeeOther)
}

// onAccount is for what the page's own script asks, and no other page's.
func (s *Server) onAccount(w http.ResponseWriter, r *http.Request, answer func(app symbolon.AppID) error) {
	app := symbolon.AppID(r.PathValue("app"))
	err := s.enterAccount(r, app)
	if err == nil {
		err = exchangeOf(r.Context()).from.sameOrigin(r.Header)
	}
	if err == nil {
		err = answer(app)
	}
	if err != nil {
		s.refuse(w, r, err)
	}
}

// giveAccountTicket answers with an assertion for the page's next calls.
func (s *Server) giveAccountTicket(w http.ResponseWriter, r *http.Request) {
	s.onAccount(w, r, func(app symbolon.AppID) error {
		x := exchangeOf(r.Context())
		ticket, err := s.registry.AccountTicket(app, x.from.origin, accountSecret(r, app), x.at)
		if err == nil {
			w.Header().Set("Content-Type", jsonType)
			json.NewEncoder(w).Encode(ticket) //nolint:errcheck // a client that left has no use for it
		}
		return err
	})
}

// leaveAccount has the browser forget the session.
func (s *Server) leaveAccount(w http.ResponseWriter, r *http.Request) {
	s.onAccount(w, r, func(app symbolon.AppID) error {
		w.Header().Set("Set-Cookie", exchangeOf(r.Context()).from.accountCookie(app, "", 0))
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}
