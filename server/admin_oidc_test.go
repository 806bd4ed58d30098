package server_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// idp is a provider that knows one person, who is in the group that opens everything.
type idp struct{ down bool }

func (p *idp) fault() error {
	if p.down {
		return symbolon.Errorf(symbolon.ErrUnavailable, "it is down")
	}
	return nil
}

func (p *idp) AuthorizationURL(_ context.Context, _ symbolon.AdminProvider, q symbolon.SignInQuestion) (string, error) {
	return "https://id.example/authorize?state=" + q.State, p.fault()
}

func (p *idp) Identify(_ context.Context, _ symbolon.AdminProvider, code symbolon.SignInCode) (symbolon.AdminIdentity, error) {
	who := symbolon.AdminIdentity{External: symbolon.External{Issuer: "https://id.example", Subject: "1"}, Login: "sam", AuthTime: code.Now}
	who.Claims = map[string][]string{"groups": {code.Code}}
	return who, p.fault()
}

const (
	start      = "/admin/oidc/start"
	callback   = "/admin/oidc/callback"
	tripCookie = "__Host-symbolon-round-trip"
)

// door is the service with that provider, and a browser that follows no redirect.
type door struct {
	t       *testing.T
	idp     *idp
	url     string
	cookies map[string]*http.Cookie
}

func newDoor(t *testing.T) *door {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	d := &door{t: t, idp: &idp{}, cookies: map[string]*http.Cookie{}}
	r, err := registry.New(registry.Config{
		Store: store, Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, PublicURL: "https://symbolon.example", SignIns: d.idp,
		Provider: &symbolon.AdminProvider{Issuer: "https://id.example", Label: "Acme", Roles: []symbolon.RoleRule{{Claim: "groups", Value: "chiefs", Role: symbolon.RoleAdmin}}},
	})
	must(t, err)
	s := httptest.NewServer(server.New(server.Config{Registry: r, PublicURL: "https://symbolon.example"}))
	t.Cleanup(s.Close)
	d.url = s.URL
	return d
}

// get is where a page sends the browser, with the cookies that it kept; without names of them, all.
func (d *door) get(path string, with ...string) (status int, to *url.URL) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, http.NoBody)
	must(d.t, err)
	for name, c := range d.cookies {
		if len(with) == 0 || with[0] == name {
			req.AddCookie(c)
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(req)
	must(d.t, err)
	must(d.t, answer.Body.Close())
	for _, c := range answer.Cookies() {
		if d.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(d.cookies, c.Name)
		}
	}
	to, err = url.Parse(answer.Header.Get("Location"))
	must(d.t, err)
	return answer.StatusCode, to
}

// lands wants a page of the portal.
func (d *door) lands(what, at, path string, with ...string) {
	d.t.Helper()
	if status, to := d.get(path, with...); status != http.StatusFound || to.String() != at {
		d.t.Errorf("%s ends with %d at %s, want %s", what, status, to, at)
	}
}

// leave goes to the provider, and gives the state that it went with.
func (d *door) leave(query string) string {
	d.t.Helper()
	_, to := d.get(start + query)
	if to.Host != "id.example" {
		d.t.Fatalf("the way to the provider leads to %s", to)
	}
	return to.Query().Get("state")
}

func TestAnAdminComesByTheProvider(t *testing.T) {
	d := newDoor(t)
	state := d.leave("")
	if c := d.cookies[tripCookie]; c == nil || c.SameSite != http.SameSiteLaxMode || !c.HttpOnly || !c.Secure || c.Path != "/" || strings.Contains(c.Value, state) {
		t.Errorf("the cookie of the round trip is %+v", c)
	}
	d.lands("the way back", "/admin/", callback+"?code=chiefs&state="+state)
	if c := d.cookies[sessionCookie]; c == nil || c.SameSite != http.SameSiteStrictMode || d.cookies[tripCookie] != nil {
		t.Errorf("the browser keeps %v", d.cookies)
	}
	if status, _ := d.get("/v1/admin/session"); status != http.StatusOK {
		t.Errorf("the session answers %d", status)
	}
	state = d.leave("?confirm")
	d.lands("confirming, without the strict cookie", "/admin/signed-in", callback+"?code=chiefs&state="+state, tripCookie)
}

func TestWhatThePortalIsToldWhereNobodyComesIn(t *testing.T) {
	d := newDoor(t)
	d.lands("a callback without the cookie", "/admin/?error=expired", callback+"?code=chiefs&state=x")
	d.lands("confirming without a session", "/admin/signed-in?error=expired", start+"?confirm")
	d.leave("")
	d.lands("another state", "/admin/?error=expired", callback+"?code=chiefs&state=x")
	state := d.leave("?window")
	d.lands("no group", "/admin/signed-in?error=no_role", callback+"?code=others&state="+state)
	state = d.leave("")
	d.lands("a person who said no", "/admin/?error=refused", callback+"?error=access_denied&state="+state)
	state = d.leave("")
	d.lands("another provider", "/admin/?error=refused", callback+"?code=chiefs&iss=https%3A%2F%2Fevil.example&state="+state)
	if d.cookies[sessionCookie] != nil {
		t.Error("somebody is in")
	}
}

func TestAProviderThatIsDownIsToldOnThePage(t *testing.T) {
	d := newDoor(t)
	state := d.leave("")
	d.idp.down = true
	d.lands("coming back to it", "/admin/?error=unavailable", callback+"?code=chiefs&state="+state)
	d.lands("a provider that is down", "/admin/?error=unavailable", start)
	if d.cookies[sessionCookie] != nil {
		t.Error("somebody is in")
	}
}

// Many share the address of an office; who is too quick all the same is told so on a page, and
// one who comes back with nothing takes nobody's turn.
func TestWhoComesByTheProviderTooOftenIsToldOnThePage(t *testing.T) {
	d := newDoor(t)
	for range 80 {
		d.lands("a callback without the cookie", "/admin/?error=expired", callback+"?code=chiefs&state=x")
	}
	for range 20 {
		d.leave("")
	}
	state, busy := "", "/admin/?error=busy"
	for range 80 {
		_, to := d.get(start)
		if to.Host != "id.example" {
			break
		}
		state = to.Query().Get("state")
	}
	d.lands("leaving once more", busy, start)
	d.lands("leaving in a window", "/admin/signed-in?error=busy", start+"?window")
	d.lands("coming back", busy, callback+"?code=chiefs&state="+state)
}
