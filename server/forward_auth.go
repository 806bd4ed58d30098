package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// forwardAuth answers a proxy that asks whether to let a request through: 200 with what is
// known, 302 (or 401 with its Location) for a browser that has to show its device, 401 for
// what is no browser, 403 where no device check would help, 503 where nobody could tell.
func (s *Server) forwardAuth(w http.ResponseWriter, r *http.Request) {
	if err := s.passage(w, r); err != nil {
		s.refuse(w, r, err)
	}
}

func (s *Server) passage(w http.ResponseWriter, r *http.Request) error {
	from, err := s.original(r)
	if err != nil {
		return err
	}
	settings, target, appended := strings.Cut(r.URL.RawQuery, "&uri=")
	if appended {
		from.target = target
	}
	rule, err := s.passRules.of(settings)
	if err != nil {
		return err
	}
	pass, cookies := takePass(r.Header, from.cookieName(rule.app))
	p, err := s.judge(r, rule, from, pass)
	if err != nil {
		return err
	}
	// Answers are held to no rate: this one is known by now, and a page without a pass may ask
	// for hundreds of pictures, which must not keep its address from the device check.
	switch p.Verdict {
	case symbolon.VerdictPass:
		grant(w.Header(), p, cookies)
		return nil
	case symbolon.VerdictCheck:
		return rule.sendToCheck(w, r, from, p)
	}
	return denied(p)
}

// judge asks about the device first. Who the user is can cost a question to an identity
// provider, and only a request whose pass is of a device that we know may cause one. What
// became of a refused device says nothing about another user, so that is asked there too.
func (s *Server) judge(r *http.Request, rule *passRule, from original, pass string) (symbolon.Passage, error) {
	x := exchangeOf(r.Context())
	asked := symbolon.PassageRequest{
		Origin: from.origin, Pass: pass, Require: rule.require, MaxRisk: rule.maxRisk, MaxAge: rule.maxAge, At: x.at,
	}
	p, err := s.registry.Pass(r.Context(), rule.app, asked)
	if err != nil || p.Verdict != symbolon.VerdictDeny && p.Device == "" {
		return p, err
	}
	if asked.Assertion, err = s.assertion(r, rule.app); err != nil || asked.Assertion == nil {
		return p, err
	}
	return s.registry.Pass(r.Context(), rule.app, asked)
}

// assertion is what the request's bearer says of its user. A bearer that is none of ours
// is the app's own business: it says nothing here, and is held against nobody. Only where
// an issuer could not tell, it is.
func (s *Server) assertion(r *http.Request, app symbolon.AppID) (*symbolon.Assertion, error) {
	token, err := bearer(r.Header)
	if err != nil || token == "" || strings.HasPrefix(token, symbolon.CredentialPrefix) {
		return nil, nil
	}
	x := exchangeOf(r.Context())
	b := registry.Bearer{AppID: app, Token: token, Assertions: true, Address: x.address, At: x.at}
	c, err := s.judgeBearer(r.Context(), b, registry.ErrIssuer)
	if err != nil && !errors.Is(err, symbolon.ErrUnauthenticated) {
		return nil, err
	}
	return c.Assertion, nil
}

// grant sets every header, empty where nothing is known, so that a proxy which copies them
// overwrites whatever a client sent by these names.
func grant(h http.Header, p symbolon.Passage, cookies string) {
	var trusted, bound, risk string
	if p.Device != "" {
		trusted, bound = strconv.FormatBool(p.Trusted), strconv.FormatBool(p.Bound)
	}
	if p.Risk != nil {
		risk = strconv.Itoa(*p.Risk)
	}
	values := [...]string{headerText(string(p.UserID)), headerText(string(p.Device)), trusted, risk, bound, p.Token, cookies}
	for i, name := range grantHeaders {
		h[name] = values[i : i+1 : i+1]
	}
}

// grantHeaders are in the form in which net/http keeps names.
var grantHeaders = [...]string{
	"X-Symbolon-User", "X-Symbolon-Device", "X-Symbolon-Trusted", "X-Symbolon-Risk",
	"X-Symbolon-Bound", "X-Symbolon-Token", "Cookie",
}

// headerText is an id as a header's value: percent-encoded but for printable ASCII without
// the space and the percent sign, since a value loses spaces at its ends on the way, and
// other text its encoding.
func headerText(id string) string {
	odd := 0
	for i := range len(id) {
		if isOdd(id[i]) {
			odd++
		}
	}
	if odd == 0 {
		return id
	}
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(id)+2*odd)
	for _, c := range []byte(id) {
		if isOdd(c) {
			out = append(out, '%', hex[c>>4], hex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return string(out)
}

func isOdd(c byte) bool { return c <= ' ' || c == '%' || c >= 0x7f }

// sendToCheck leads a browser to the page where its device can show itself, and tells
// anything else what is missing (RFC 9470 §3).
func (rule *passRule) sendToCheck(w http.ResponseWriter, r *http.Request, from original, p symbolon.Passage) error {
	missing := newProblem(symbolon.ErrUnauthenticated, "the device has to show itself to the app's device check: "+p.Reason)
	missing.challenge = rule.challenge
	if !from.isPage(r.Header) {
		return missing
	}
	page := rule.page + url.QueryEscape(safePath(from.target))
	if p.Reason != symbolon.ReasonPassMissing { // of a first visit there is nothing to say
		page += "&reason=" + p.Reason // for the page's words alone; anyone can write one
	}
	w.Header()["Location"] = []string{page}
	if rule.as401 {
		return missing
	}
	w.WriteHeader(http.StatusFound)
	return nil
}

// isPage tells whether a browser asks for a page that a person is to see: only then does
// it help to send it elsewhere.
func (o original) isPage(h http.Header) bool {
	if o.method != http.MethodGet && o.method != http.MethodHead {
		return false
	}
	if mode := h.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return false
	}
	return slices.ContainsFunc(h["Accept"], func(accept string) bool {
		return strings.Contains(strings.ToLower(accept), "text/html")
	})
}

func denied(p symbolon.Passage) error {
	if p.Reason == symbolon.ReasonDeviceBlocked {
		return symbolon.Errorf(symbolon.ErrDeviceBlocked, "the device is blocked")
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "the request may not pass: %s", p.Reason)
}
