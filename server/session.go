package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/dunglas/httpsfv"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// Device Bound Session Credentials: a browser that has them makes a key for the session,
// and renews the pass by it without a page. Header fields are structured (RFC 9651).

func sessionsPath(app symbolon.AppID) string {
	return checkPath + "/v1/apps/" + string(app) + "/sessions"
}

// registrationHeader offers a session beside a fresh pass.
func registrationHeader(app symbolon.AppID, o registry.SessionOffer) (string, error) {
	members := httpsfv.NewParams()
	members.Add("path", sessionsPath(app))
	members.Add("challenge", o.Challenge)
	if o.Authorization != "" {
		members.Add("authorization", o.Authorization)
	}
	algorithms := []httpsfv.Item{httpsfv.NewItem(httpsfv.Token("ES256")), httpsfv.NewItem(httpsfv.Token("RS256"))}
	return httpsfv.Marshal(httpsfv.List{httpsfv.InnerList{Items: algorithms, Params: members}})
}

// sessionInstructions tell the browser what its session is for.
type sessionInstructions struct {
	ID          string              `json:"session_identifier"`
	RefreshURL  string              `json:"refresh_url"`
	Scope       sessionScope        `json:"scope"`
	Credentials []sessionCredential `json:"credentials"`
}

type sessionScope struct {
	Origin      string `json:"origin"`
	IncludeSite bool   `json:"include_site"`
}

type sessionCredential struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	Attributes string `json:"attributes"`
}

// onSession is what all calls of a session begin with.
func (s *Server) onSession(handle func(http.ResponseWriter, *http.Request, symbolon.AppID) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		app := symbolon.AppID(r.PathValue("app"))
		x := exchangeOf(r.Context())
		err := s.enterCheck(r, app)
		if err == nil {
			err = x.from.byBrowser(r.Header)
		}
		if err == nil && !x.from.secure {
			err = symbolon.Errorf(symbolon.ErrForbidden, "sessions are bound over https only")
		}
		if err == nil {
			x.caller = symbolon.Caller{Kind: symbolon.CallerClient, AppID: app, Address: x.address, At: x.at}
			err = handle(w, r, app)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// bindSession registers the key that the browser made.
func (s *Server) bindSession(w http.ResponseWriter, r *http.Request, app symbolon.AppID) error {
	response, err := textOf(r.Header, "Secure-Session-Response")
	if err == nil && response == "" {
		err = symbolon.InvalidField("Secure-Session-Response", "must be given")
	}
	if err != nil {
		return err
	}
	if len(r.Header["Sec-Fetch-Mode"]) == 0 { // an old browser, in which a page could send all of this
		return symbolon.Errorf(symbolon.ErrForbidden, "a browser that binds sessions sends Sec-Fetch-Mode")
	}
	x := exchangeOf(r.Context())
	pass, _ := takePass(r.Header, x.from.cookieName(app))
	bound, err := s.registry.BindSession(r.Context(), x.caller, app, registry.SessionAnswer{Origin: x.from.origin, Pass: pass, Response: response})
	if err != nil {
		return endsSession(err)
	}
	return s.renew(w, r, app, bound)
}

// refreshSession renews the pass for whoever signs the challenge, or gives a challenge.
func (s *Server) refreshSession(w http.ResponseWriter, r *http.Request, app symbolon.AppID) error {
	id, err := textOf(r.Header, "Sec-Secure-Session-Id")
	if err == nil && id == "" {
		err = symbolon.InvalidField("Sec-Secure-Session-Id", "must be given")
	}
	if err != nil {
		return err
	}
	response, err := textOf(r.Header, "Secure-Session-Response")
	if err != nil {
		return err
	}
	if response == "" {
		return s.challengeSession(w, r, app, id)
	}
	x := exchangeOf(r.Context())
	pass, err := s.registry.RenewPass(r.Context(), x.caller, app, registry.SessionAnswer{Origin: x.from.origin, ID: id, Response: response})
	switch {
	case errors.Is(err, symbolon.ErrChallengeExpired), errors.Is(err, symbolon.ErrChallengeReplayed):
		return s.challengeSession(w, r, app, id) // with a fresh one it may hold
	case err != nil:
		return endsSession(err)
	}
	return s.renew(w, r, app, pass)
}

// challengeSession answers 403 with a challenge, which the browser signs at once.
func (s *Server) challengeSession(w http.ResponseWriter, r *http.Request, app symbolon.AppID, id string) error {
	challenge, err := s.registry.ChallengeSession(r.Context(), app, id, exchangeOf(r.Context()).at)
	if err != nil {
		return endsSession(err)
	}
	item := httpsfv.NewItem(challenge)
	item.Params.Add("id", id)
	header, err := httpsfv.Marshal(item)
	if err != nil {
		return symbolon.InvalidField("Sec-Secure-Session-Id", "must be the id of a session")
	}
	w.Header().Set("Secure-Session-Challenge", header)
	return symbolon.Errorf(symbolon.ErrForbidden, "sign the challenge with the session's key")
}

func (s *Server) renew(w http.ResponseWriter, r *http.Request, app symbolon.AppID, pass registry.RenewedPass) error {
	x := exchangeOf(r.Context())
	attributes := cookieAttributes + "; Secure"
	text, err := json.Marshal(sessionInstructions{
		ID: pass.SessionID, RefreshURL: sessionsPath(app) + "/refresh", Scope: sessionScope{Origin: x.from.origin},
		Credentials: []sessionCredential{{Type: "cookie", Name: x.from.cookieName(app), Attributes: attributes}},
	})
	if err != nil {
		return err
	}
	w.Header().Set("Set-Cookie", x.from.cookie(app, pass.Pass, pass.Until.Sub(x.at)))
	w.Header().Set("Content-Type", jsonType)
	w.Write(text) //nolint:errcheck // a client that left has no use for it
	return nil
}

// endsSession is 400 for what no repeat would mend: a browser ends the session then, and
// keeps it where the service is at fault.
func endsSession(err error) error {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError || p.Status == http.StatusTooManyRequests {
		return err
	}
	return newProblem(symbolon.ErrInvalidRequest, p.Detail)
}

// textOf is the header's string, "" where there is none. Chromium sends a bare JWT where
// the draft has a string: both are read.
func textOf(h http.Header, name string) (string, error) {
	values := h[name]
	if len(values) == 0 {
		return "", nil
	}
	value := strings.TrimSpace(values[0])
	if len(values) == 1 && !strings.ContainsAny(value, "\", ;") {
		return value, nil
	}
	item, err := httpsfv.UnmarshalItem(values)
	text, ok := item.Value.(string)
	if err != nil || !ok || text == "" {
		return "", symbolon.InvalidField(name, "must be given once, as a string (RFC 9651 §3.3.3)")
	}
	return text, nil
}
