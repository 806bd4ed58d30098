package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

const phrase = "seven copper kettles hum"

// browser is an admin's, with the cookies that it was given.
type browser struct {
	h       *house
	cookies map[string]string
}

func (h *house) newBrowser() *browser { return &browser{h, map[string]string{}} }

// ask sends what a page of the service's own origin would send, and keeps the cookies.
func (b *browser) ask(t testing.TB, method, path, body string, header ...string) answered {
	t.Helper()
	all := append([]string{"Sec-Fetch-Site", "same-origin"}, header...)
	if len(b.cookies) > 0 {
		var pairs []string
		for name, value := range b.cookies {
			pairs = append(pairs, name+"="+value)
		}
		all = append(all, "Cookie", strings.Join(pairs, "; "))
	}
	a := b.h.ask(t, method, path, body, all...)
	for _, text := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(text)
		must(t, err)
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("the cookie %s is open to others", text)
		}
	}
	return a
}

func (b *browser) signIn(t testing.TB, login, password string) answered {
	t.Helper()
	body, err := json.Marshal(symbolon.SignInRequest{Login: login, Password: password})
	must(t, err)
	return b.ask(t, "POST", "/v1/admin/session", string(body))
}

// mia is the first admin, signed in.
func (h *house) mia(t testing.TB) *browser {
	t.Helper()
	var link symbolon.Invitation
	must(t, json.Unmarshal([]byte(h.ask(t, "POST", "/v1/admin/setup-link", "", asAdmin()...).want(t, "the link", http.StatusCreated).body), &link))
	b := h.newBrowser()
	b.ask(t, "POST", "/v1/admin/setup", fmt.Sprintf(`{"token":%q,"login":"mia","password":%q}`, link.Token, phrase)).want(t, "set-up", http.StatusCreated)
	return b
}

func (a answered) want(t testing.TB, what string, status int) answered {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: %d %s, want %d", what, a.status, a.body, status)
	}
	return a
}

func TestAnAdminSignsInAndSupportsACustomer(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	phone := h.newPhone(t, "ada").register(t)

	var who symbolon.SignedIn
	must(t, json.Unmarshal([]byte(b.ask(t, "GET", "/v1/admin/session", "").want(t, "the session", http.StatusOK).body), &who))
	if who.Admin.Login != "mia" || !who.Session.IsCurrent || who.Session.Method != symbolon.SignInSetup {
		t.Errorf("the session is %+v", who)
	}
	b.ask(t, "POST", "/v1/apps/bank/devices/"+string(phone.ID)+"/block", `{"reason":"stolen"}`).want(t, "a block", http.StatusOK)
	events := b.ask(t, "GET", "/v1/apps/bank/devices/"+string(phone.ID)+"/events", "").want(t, "the timeline", http.StatusOK)
	if !strings.Contains(events.body, `"admin","id":"`+string(who.Admin.ID)) {
		t.Errorf("the timeline does not say who: %s", events.body)
	}

	b.ask(t, "DELETE", "/v1/admin/session", "").want(t, "signing out", http.StatusNoContent)
	b.ask(t, "GET", "/v1/admin/session", "").problem(t, "after signing out", http.StatusUnauthorized, "unauthenticated")
	b.signIn(t, "mia", phrase).want(t, "signing in", http.StatusCreated)
	b.ask(t, "POST", "/v1/admin/session/confirm", `{"password":"not it, I believe"}`).problem(t, "confirming", http.StatusBadRequest, "invalid_request")
	b.ask(t, "PUT", "/v1/admin/password", `{"password":"short"}`).problem(t, "a short password", http.StatusBadRequest, "invalid_request")
	b.ask(t, "PUT", "/v1/admin/password", `{"password":"another phrase altogether"}`).want(t, "a new password", http.StatusNoContent)
	h.newBrowser().signIn(t, "mia", phrase).problem(t, "the old password", http.StatusUnauthorized, "unauthenticated")
}

func TestAnotherAdminIsInvited(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	made := b.ask(t, "POST", "/v1/admins", `{"login":"noa","grants":[{"appId":"bank","role":"viewer"}]}`).want(t, "an admin", http.StatusCreated)
	var noa symbolon.InvitedAdmin
	must(t, json.Unmarshal([]byte(made.body), &noa))
	b.ask(t, "POST", "/v1/admins", `{"login":"noa","grants":[{"role":"viewer"}]}`).problem(t, "the login again", http.StatusConflict, "conflict")
	b.ask(t, "POST", "/v1/admins", `{"login":"zoe","grants":[{"appId":"nowhere","role":"viewer"}]}`).problem(t, "an app that is not there", http.StatusBadRequest, "invalid_request")

	hers := h.newBrowser()
	hers.ask(t, "POST", "/v1/admin/setup", fmt.Sprintf(`{"token":%q,"password":%q}`, noa.Invitation.Token, phrase)).want(t, "her password", http.StatusCreated)
	hers.ask(t, "GET", "/v1/apps/bank/devices", "").want(t, "reading", http.StatusOK)
	hers.ask(t, "PUT", "/v1/apps/bank/policy", `{}`).problem(t, "a viewer's policy", http.StatusForbidden, "forbidden")
	hers.ask(t, "GET", "/v1/admins", "").problem(t, "a viewer among admins", http.StatusForbidden, "forbidden")
	hers.ask(t, "GET", "/v1/admins/"+string(noa.Admin.ID)+"/sessions", "").want(t, "her own sessions", http.StatusOK)

	at := "/v1/admins/" + string(noa.Admin.ID)
	etag := b.ask(t, "GET", at, "").want(t, "her account", http.StatusOK).header.Get("ETag")
	b.ask(t, "PATCH", at, `{"name":"Noa"}`, "If-Match", etag).want(t, "her name", http.StatusOK)
	b.ask(t, "PATCH", at, `{"disabled":true}`, "If-Match", etag).problem(t, "a change to what was read before", http.StatusPreconditionFailed, "precondition_failed")
	b.ask(t, "PATCH", at, `{"disabled":true}`).want(t, "closing it", http.StatusOK)
	hers.ask(t, "GET", "/v1/apps/bank/devices", "").problem(t, "in a closed account", http.StatusUnauthorized, "unauthenticated")
}

// The cookie goes with whatever the browser sends; only the portal's own pages may use it.
func TestNoOtherSiteActsInASession(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	phone := h.newPhone(t, "ada")
	id := string(phone.register(t).ID)
	block := func(header ...string) answered {
		return b.ask(t, "POST", "/v1/apps/bank/devices/"+id+"/block", `{"reason":"x"}`, header...)
	}
	for what, header := range map[string][]string{
		"another site":         {"Sec-Fetch-Site", "cross-site"},
		"a neighbour":          {"Sec-Fetch-Site", "same-site"},
		"an old browser there": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"a page without one":   {"Sec-Fetch-Site", "", "Origin", "null"},
	} {
		block(header...).problem(t, what, http.StatusForbidden, "forbidden")
	}
	block("Sec-Fetch-Site", "", "Origin", "https://symbolon.example").want(t, "the portal behind its proxy", http.StatusOK)

	h.newBrowser().ask(t, "POST", "/v1/admin/session", `{"login":"mia","password":"`+phrase+`"}`, "Sec-Fetch-Site", "cross-site").
		problem(t, "signing someone in from elsewhere", http.StatusForbidden, "forbidden")

	// What is for clients stays so, whoever's browser it is.
	answer := b.ask(t, "POST", "/v1/apps/bank/decisions", fmt.Sprintf(`{"proof":%q}`, phone.prove(t))).want(t, "a decision", http.StatusOK)
	if strings.Contains(answer.body, "proofResult") {
		t.Errorf("a device in an admin's browser hears what is for staff: %s", answer.body)
	}
	h.ask(t, "GET", "/v1/apps/bank/devices", "", "Cookie", sessionCookie+"="+b.cookies[sessionCookie]+"; "+sessionCookie+"=x").problem(t, "two sessions", http.StatusUnauthorized, "unauthenticated")
}

func TestWhoTriesPasswordsIsSlowedDownAndItsOwnerIsNot(t *testing.T) {
	h := openHouse(t, func(c *server.Config) { c.Limits.PublicRate = -1 })
	b := h.mia(t)
	stranger := h.newBrowser()
	slowed := 0
	for range 40 {
		if stranger.signIn(t, "mia", "a guess that is wrong").status == http.StatusTooManyRequests {
			slowed++
		}
	}
	if slowed < 25 {
		t.Errorf("of 40 tries, %d were slowed down", slowed)
	}
	a := stranger.signIn(t, "mia", phrase)
	a.problem(t, "even with the right one", http.StatusTooManyRequests, "rate_limited")
	if a.header.Get("Retry-After") == "" {
		t.Error("it is not told when to come again")
	}
	b.signIn(t, "mia", phrase).want(t, "her own browser, at the same address", http.StatusCreated)
	b.signIn(t, "noa", phrase).problem(t, "her browser as another", http.StatusTooManyRequests, "rate_limited")
}
