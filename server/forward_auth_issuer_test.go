package server_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// oracle stands for an OpenID provider.
type oracle struct {
	asked atomic.Int64
	says  func(token string) (symbolon.Assertion, error)
}

// Open implements registry.Issuers.
func (p *oracle) Open(_ context.Context, q symbolon.IssuerQuestion) (symbolon.Assertion, error) {
	p.asked.Add(1)
	return p.says(q.Token)
}

// With an OpenID provider behind the app: its tokens say who the user is, other tokens are
// the app's business, and a provider that can't be asked lets nobody in. Only browsers with
// a pass make us ask it.
func TestProvidersOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	issuers := []symbolon.Issuer{{Issuer: "https://login.example", Audiences: []string{"bank"}}}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Issuers: &issuers}, -1)
	must(t, err)
	pass := registered(t, h, "alice").pass(t, visit{})
	now := symbolon.Micro(time.Now())
	p := &oracle{says: func(token string) (symbolon.Assertion, error) {
		switch token {
		case "alice", "mallory":
			return symbolon.Assertion{
				Issuer: "https://login.example", AppID: "bank", UserID: symbolon.UserID(token), AuthTime: now, Expires: now.Add(time.Hour),
			}, nil
		case "fault":
			return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnavailable, "https://login.example does not answer")
		}
		return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the token is for another audience")
	}}
	door := openFaulty(t, h, &faulty{issuers: p}, server.Limits{PublicRate: -1}, withPage)

	if got := door.pass(t, visit{cookie: pass, bearer: "alice"}).grants(t); got.user != "alice" {
		t.Errorf("the device's user: %+v", got)
	}
	if got := door.pass(t, visit{cookie: pass, bearer: "other"}).grants(t); got.user != "" || got.device == "" {
		t.Errorf("a token for another audience: %+v", got)
	}
	if a := door.pass(t, visit{cookie: pass, bearer: "mallory"}); a.status != http.StatusFound {
		t.Errorf("another user: %d %s", a.status, a.body)
	}
	door.pass(t, visit{cookie: pass, bearer: "fault"}).problem(t, "no provider", http.StatusServiceUnavailable, "unavailable")
	do(t, door.proxied(t, "GET", "/device-check?app=bank", "", visit{bearer: "fault"})).problem(t, "the page", http.StatusServiceUnavailable, "unavailable")

	before := p.asked.Load()
	for _, v := range []visit{{bearer: "fault"}, {cookie: secureCookie + "=garbage", bearer: "fault"}, {query: "app=bank&require=none", bearer: "fault"}} {
		if a := door.pass(t, v); a.status == http.StatusServiceUnavailable {
			t.Errorf("a stranger hears of the provider: %d %s", a.status, a.body)
		}
	}
	door.pass(t, visit{cookie: pass, bearer: h.key})
	if asked := p.asked.Load() - before; asked != 0 {
		t.Errorf("strangers made us ask the provider %d times", asked)
	}
}

// What is none of ours is held against nobody, as it is the app's own business; but who has an
// issuer fail again and again is not let at it without end.
func TestTheRateOfUndecidedBearersAtForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	issuers := []symbolon.Issuer{{Issuer: "https://login.example", Audiences: []string{"bank"}}}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Issuers: &issuers}, -1)
	must(t, err)
	pass := registered(t, h, "alice").pass(t, visit{})
	p := &oracle{says: func(token string) (symbolon.Assertion, error) {
		if token == "slow" {
			return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnavailable, "https://login.example does not answer")
		}
		return noGood(token)
	}}
	door := openFaulty(t, h, &faulty{issuers: p}, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 2}, withPage)
	for range 5 {
		door.pass(t, visit{cookie: pass, bearer: "the app's own"}).grants(t)
	}
	before := p.asked.Load()
	for range 5 {
		door.pass(t, visit{cookie: pass, bearer: "slow"}).problem(t, "undecided", http.StatusServiceUnavailable, "unavailable")
	}
	if n := p.asked.Load() - before; n != 2 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

// A proxy asks by the method that it likes, or by the client's.
func TestMethodsOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	pass := registered(t, h, "alice").pass(t, visit{})
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		if got := h.pass(t, visit{cookie: pass, method: method, header: map[string]string{"X-Forwarded-Method": ""}}).grants(t); got.device == "" {
			t.Errorf("%s: %+v", method, got)
		}
	}
}
