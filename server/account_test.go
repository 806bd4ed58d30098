package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

func withAccount(c *server.Config) {
	noRates(c)
	behindProxy(c)
	page := `<html lang="{{.Language}}" dir="{{.Direction}}"><base href="{{.Base}}">{{.App}} {{.Back}}{{with .Problem}}<p role="alert">{{.}}</p>{{end}}
{{range .Devices}}<h2>{{.Name}}</h2>{{range .Lines}}<p>{{.}}</p>{{end}}{{end}}`
	words := `{"en":{"ended":"It is over.","lastUsed":"Used {when}","firstSeen":"Seen {when}","blocked":"Blocked","blockedHelp":"Ask us.","neverUsed":"Never"},
		"de":{"ended":"Vorbei.","blocked":"Gesperrt"},"ar":{"ended":"انتهت"}}`
	c.Account = fstest.MapFS{"index.html": {Data: []byte(page)}, "words.json": {Data: []byte(words)}, "assets/account.js": {Data: []byte("void 0;\n")}}
}

// enter asks the backend for a link, and opens it: at the origin, behind the proxy, or at the
// service itself where that is "".
func (h *house) enter(t *testing.T, at string) (path, cookie string) {
	t.Helper()
	a := h.ask(t, "POST", "/v1/apps/bank/account-links", `{"userId":"alice","factor":"otp","origin":"`+at+`"}`, h.asBackend()...)
	var link symbolon.AccountLink
	if a.status != http.StatusCreated || json.Unmarshal([]byte(a.body), &link) != nil {
		t.Fatalf("no link: %d %s", a.status, a.body)
	}
	u, err := url.Parse(link.URL)
	must(t, err)
	opened := h.atAccount(t, "GET "+u.RequestURI(), at, "")
	if opened.status != http.StatusSeeOther || opened.header.Get("Location") != "../bank" {
		t.Fatalf("the link leads nowhere: %d %v %s", opened.status, opened.header, opened.body)
	}
	cookie = opened.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-symbolon_.bank=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=1800"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %q: %s", want, cookie)
		}
	}
	pair, _, _ := strings.Cut(cookie, ";")
	return u.RequestURI(), pair
}

// atAccount is a request of a browser at the page's origin.
func (h *house) atAccount(t *testing.T, route, at, cookie string, header ...string) answered {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	all := append([]string{"Cookie", cookie, "Accept-Language", "en"}, header...)
	if at != "" {
		all = append(all, "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", strings.TrimPrefix(at, "https://"))
	} else {
		all = append(all, "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "symbolon.example")
	}
	return h.ask(t, method, path, "", all...)
}

func TestStoryOfTheAccountPage(t *testing.T) {
	for _, at := range []string{"", origin} {
		h := openHouse(t, withAccount)
		p := h.newPhone(t, "alice")
		d := p.register(t)
		name := "<b>Ünal’s</b>"
		_, err := h.admin.UpdateDevice(t.Context(), d.ID, symbolon.DevicePatch{DeviceName: &name})
		must(t, err)
		link, cookie := h.enter(t, at)

		page := h.atAccount(t, "GET /account/bank", at, cookie)
		if page.status != 200 || !strings.Contains(page.body, "<h2>&lt;b&gt;Ünal’s&lt;/b&gt;</h2>") || !strings.Contains(page.body, "Bank "+origin) {
			t.Errorf("the page: %d %s", page.status, page.body)
		}
		if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'; script-src 'self'") || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the page: %v", page.header)
		}
		if again := h.atAccount(t, "GET "+link, at, ""); again.status != http.StatusUnauthorized || !strings.Contains(again.body, `<base href="..">`) || !strings.Contains(again.body, "It is over.") {
			t.Errorf("the link again: %d %s", again.status, again.body)
		}

		ticket := h.accountTicket(t, at, cookie)
		list := h.atAccount(t, "GET /account/v1/apps/bank/me/devices", at, "", "Authorization", "Bearer "+ticket)
		if list.status != 200 || !strings.Contains(list.body, string(d.ID)) {
			t.Errorf("the page's own call: %d %s", list.status, list.body)
		}
		h.atAccount(t, "GET /account/v1/apps/bank/me/devices", at, cookie).problem(t, "by the cookie alone", http.StatusUnauthorized, "unauthenticated")
		lost := h.atAccount(t, "POST /account/v1/apps/bank/me/devices/"+string(d.ID)+"/report-lost", at, "", "Authorization", "Bearer "+ticket)
		if lost.status != 200 || p.decide(t).Recommendation != symbolon.RecommendDeny {
			t.Errorf("reported lost: %d %s", lost.status, lost.body)
		}
		if page := h.atAccount(t, "GET /account/bank", at, cookie); !strings.Contains(page.body, "<p>Ask us.</p>") {
			t.Errorf("afterwards: %s", page.body)
		}

		out := h.atAccount(t, "POST /account/bank/sign-out", at, cookie)
		if out.status != http.StatusNoContent || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("signing out: %d %v", out.status, out.header)
		}
		if gone := h.atAccount(t, "GET /account/bank", at, ""); gone.status != http.StatusUnauthorized || !strings.Contains(gone.body, "It is over.") {
			t.Errorf("without the cookie: %d %s", gone.status, gone.body)
		}
	}
}

func (h *house) accountTicket(t *testing.T, at, cookie string, header ...string) string {
	t.Helper()
	a := h.atAccount(t, "POST /account/bank/ticket", at, cookie, header...)
	var ticket symbolon.Ticket
	if a.status != 200 || json.Unmarshal([]byte(a.body), &ticket) != nil || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("no ticket: %d %s", a.status, a.body)
	}
	return ticket.Ticket
}

func TestNobodyElseUsesAVisit(t *testing.T) {
	h := openHouse(t, withAccount)
	_, cookie := h.enter(t, origin)
	h.accountTicket(t, origin, cookie, "Origin", origin, "Sec-Fetch-Site", "same-origin")
	for what, header := range map[string][]string{
		"a page of another site": {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		"a neighbour":            {"Origin", "https://shop.bank.example", "Sec-Fetch-Site", "same-site"},
		"a page without a name":  {"Origin", "null"},
		"a form":                 {"Sec-Fetch-Site", "cross-site"},
	} {
		for _, call := range []string{"ticket", "sign-out"} {
			h.atAccount(t, "POST /account/bank/"+call, origin, cookie, header...).problem(t, call+" for "+what, http.StatusForbidden, "forbidden")
		}
		ticket := h.accountTicket(t, origin, cookie)
		header = append(header, "Authorization", "Bearer "+ticket)
		h.atAccount(t, "GET /account/v1/apps/bank/me/devices", origin, "", header...).problem(t, "devices for "+what, http.StatusForbidden, "forbidden")
	}
	name, secret, _ := strings.Cut(cookie, "=")
	for what, shown := range map[string]string{
		"two cookies":          cookie + "; " + cookie,
		"without its prefix":   strings.TrimPrefix(name, "__Host-") + "=" + secret,
		"as another app's":     "__Host-symbolon_.shop=" + secret,
		"as a pass":            "__Host-symbolon_bank=" + secret,
		"changed":              cookie[:len(cookie)-2],
		"a ticket in it":       name + "=" + h.ticket(t, "alice", "otp"),
		"a credential in it":   name + "=" + h.key,
		"nothing in it":        name + "=",
		"more than is allowed": name + "=" + strings.Repeat("a", 5000),
	} {
		h.atAccount(t, "POST /account/bank/ticket", origin, shown).problem(t, what, http.StatusUnauthorized, "unauthenticated")
	}
	if a := h.pass(t, visit{cookie: "__Host-symbolon_bank=" + secret}); a.status == http.StatusOK {
		t.Errorf("a visit's secret passes forward-auth: %v", a.header)
	}
	for what, path := range map[string]string{"another app": "/account/shop", "no app": "/account/%2e%2e", "another origin": "/account/bank"} {
		at := origin
		if what == "another origin" {
			at = "https://evil.example"
		}
		h.atAccount(t, "GET "+path, at, cookie).problem(t, what, http.StatusNotFound, "not_found")
	}
}

func TestTheAccountPageSpeaksThePersonsLanguage(t *testing.T) {
	h := openHouse(t, withAccount)
	for accepts, want := range map[string]string{
		"de-AT,en;q=0.5": `lang="de" dir="ltr"`, "ar-EG": `lang="ar" dir="rtl"`, "": `lang="en" dir="ltr"`, "tlh, xx;q=0.1": `lang="en"`, "; ;;q=": `lang="en"`,
	} {
		a := h.atAccount(t, "GET /account/bank", origin, "", "Accept-Language", accepts)
		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, want) || a.header.Get("Vary") != "Accept-Language" {
			t.Errorf("%q: %d %s", accepts, a.status, a.body)
		}
	}
	if a := h.ask(t, "GET", "/account/-/assets/account.js", ""); a.status != 200 || a.body != "void 0;\n" {
		t.Errorf("the script: %d %s", a.status, a.body)
	}
	h.ask(t, "GET", "/account/-/assets/index.html", "").problem(t, "another file", http.StatusNotFound, "not_found")
}
