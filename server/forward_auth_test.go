package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// A person opens an app behind a proxy: the browser is led to the check, shows its key,
// comes back with a pass, and stands outside again from the moment that staff block it.
func TestStoryOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	device := p.register(t)

	a := h.pass(t, visit{})
	if a.status != http.StatusFound || a.sentTo(t) != "/accounts?x=1" {
		t.Fatalf("a browser without a pass: %d %v", a.status, a.header)
	}
	if at := a.header.Get("Location"); at != "/device-check?app=bank&require=known&return=%2Faccounts%3Fx%3D1" {
		t.Errorf("it is led to %s", at)
	}
	a = p.check(t, visit{})
	if a.body != "" && !strings.Contains(a.body, `"known":true`) {
		t.Errorf("the page hears %s", a.body)
	}
	cookie := a.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, secureCookie+"=") || !strings.HasSuffix(cookie, "; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("the pass is set as %s", cookie)
	}
	pass, _, _ := strings.Cut(cookie, ";")

	got := h.pass(t, visit{cookie: "theme=dark; " + pass + "; session=1"}).grants(t)
	if got != (grants{device: string(device.ID), trusted: "false", risk: got.risk, bound: "false", cookie: "theme=dark; session=1"}) || got.risk == "" {
		t.Errorf("the app learns %+v", got)
	}
	got = h.pass(t, visit{cookie: pass, bearer: h.ticket(t, "alice", "")}).grants(t)
	if got.user != "alice" {
		t.Errorf("with an assertion the app learns %+v", got)
	}

	_, err := h.backend.BlockDevice(t.Context(), device.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	h.pass(t, visit{cookie: pass}).problem(t, "the blocked device", http.StatusForbidden, "device_blocked")
	h.pass(t, visit{cookie: pass, query: "app=bank&require=none"}).problem(t, "where nothing is required", http.StatusForbidden, "device_blocked")
	a = p.check(t, visit{})
	if !strings.HasPrefix(a.header.Get("Set-Cookie"), secureCookie+"=; Path=/; Max-Age=0;") || !strings.Contains(a.body, "DENY") {
		t.Errorf("its check: %s, and the pass is left as %s", a.body, a.header.Get("Set-Cookie"))
	}
}

// Bob signs in on a browser that is Alice's, which staff blocked: that says nothing about
// him. He is led to the check, his own key gets him a pass, and she stays outside.
func TestStoryOfAnotherUserOnABlockedBrowser(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	device := p.register(t)
	pass := p.pass(t, visit{})
	_, err := h.backend.BlockDevice(t.Context(), device.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	alice, bob := h.ticket(t, "alice", ""), h.ticket(t, "bob", "")

	a := h.pass(t, visit{cookie: pass, bearer: bob})
	if a.status != http.StatusFound || a.sentTo(t) != "/accounts?x=1" || !strings.HasSuffix(a.header.Get("Location"), "&reason=user_mismatch") {
		t.Fatalf("Bob hears %d %s, and is led to %q", a.status, a.body, a.header.Get("Location"))
	}
	a = h.pass(t, visit{cookie: pass, bearer: bob, header: map[string]string{"Accept": "application/json"}})
	if said := a.problem(t, "Bob's program", http.StatusUnauthorized, "unauthenticated"); !strings.Contains(said["detail"].(string), "user_mismatch") {
		t.Errorf("his program reads %s", said["detail"])
	}
	if got := h.pass(t, visit{query: "app=bank&require=none", cookie: pass, bearer: bob}).grants(t); got != (grants{}) {
		t.Errorf("where nothing is required the app learns %+v", got)
	}
	own := registered(t, h, "bob").pass(t, visit{bearer: bob})
	if got := h.pass(t, visit{cookie: own, bearer: bob}).grants(t); got.user != "bob" {
		t.Errorf("after his check the app learns %+v", got)
	}

	for _, query := range []string{"app=bank", "app=bank&require=none"} {
		for who, bearer := range map[string]string{"nobody": "", "Alice": alice, "the app's own token": "opaque", "a backend": h.key} {
			h.pass(t, visit{query: query, cookie: pass, bearer: bearer}).problem(t, query+" by "+who, http.StatusForbidden, "device_blocked")
		}
	}
	_, err = h.backend.RevokeUser(t.Context(), "alice", symbolon.CauseUserDeactivated)
	must(t, err)
	if a := h.pass(t, visit{cookie: pass, bearer: bob}); a.status != http.StatusFound {
		t.Errorf("Bob, once Alice is deactivated: %d %s", a.status, a.body)
	}
}

// The page is told why a browser was sent, so that it can say so; of a first visit there
// is nothing to say.
func TestWhyABrowserIsSentToTheCheck(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "anna")
	device := p.register(t)
	pass := p.pass(t, visit{})
	reason := func(v visit) string {
		t.Helper()
		a := h.pass(t, v)
		page, err := url.Parse(a.header.Get("Location"))
		must(t, err)
		if a.sentTo(t) != "/accounts?x=1" {
			t.Errorf("%s: then back to %q", v.query, a.sentTo(t))
		}
		return strings.Join(page.Query()["reason"], ",")
	}
	for _, c := range []struct {
		visit visit
		want  string
	}{
		{visit{}, ""},
		{visit{cookie: secureCookie + "=garbage"}, ""},
		{visit{query: "app=bank&maxRisk=0", cookie: pass}, "risk_too_high"}, // a program's user agent has its points
		{visit{query: "app=bank&require=trusted", cookie: pass}, "not_trusted"},
		{visit{query: "app=bank&redirect=401&require=trusted", cookie: pass}, "not_trusted"},
		{visit{cookie: pass, bearer: h.ticket(t, "ben", "")}, "user_mismatch"},
	} {
		if got := reason(c.visit); got != c.want {
			t.Errorf("%+v: the page is told %q, not %q", c.visit, got, c.want)
		}
	}
	_, err := h.backend.RevokeUser(t.Context(), "anna", symbolon.CausePasswordChanged)
	must(t, err)
	if got := reason(visit{cookie: pass}); got != "pass_expired" {
		t.Errorf("after a new password the page is told %q", got)
	}
	must(t, h.backend.RemoveDevice(t.Context(), device.ID))
	if got := reason(visit{cookie: pass}); got != "unknown_device" {
		t.Errorf("of a removed device the page is told %q", got)
	}
}

// Who asks for a page can be led to the check; whatever else asks is told what is missing.
func TestWhoIsABrowser(t *testing.T) {
	h := openHouse(t, withPage)
	for _, c := range []struct {
		who    string
		visit  visit
		status int
		leads  bool
	}{
		{"a browser", visit{}, 302, true},
		{"a browser that says how it fetches", visit{header: map[string]string{"Sec-Fetch-Mode": "navigate"}}, 302, true},
		{"HEAD", visit{header: map[string]string{"X-Forwarded-Method": "HEAD"}}, 302, true},
		{"a browser, by the proxy's own method", visit{header: map[string]string{"X-Forwarded-Method": ""}}, 302, true},
		{"nginx, which passes no redirect on", visit{query: "app=bank&redirect=401"}, 401, true},
		{"a form", visit{header: map[string]string{"X-Forwarded-Method": "POST"}}, 401, false},
		{"a form, by the proxy's own method", visit{method: "POST", header: map[string]string{"X-Forwarded-Method": ""}}, 401, false},
		{"a form behind nginx", visit{query: "app=bank&redirect=401", header: map[string]string{"X-Forwarded-Method": "POST"}}, 401, false},
		{"a script of the page", visit{header: map[string]string{"Sec-Fetch-Mode": "cors"}}, 401, false},
		{"a program", visit{header: map[string]string{"Accept": "application/json"}}, 401, false},
		{"a program that says nothing", visit{header: map[string]string{"Accept": ""}}, 401, false},
	} {
		a := h.pass(t, c.visit)
		if leads := a.header.Get("Location") != ""; a.status != c.status || leads != c.leads {
			t.Errorf("%s: %d, led to %q", c.who, a.status, a.header.Get("Location"))
		}
		if c.status == 401 {
			a.problem(t, c.who, 401, "unauthenticated")
		}
	}
}

// A 401 says in the words of RFC 9470 what would do.
func TestWhatIsMissing(t *testing.T) {
	h := openHouse(t, withPage)
	for query, want := range map[string]string{
		"app=bank":                            `acr_values="urn:symbolon:known"`,
		"app=bank&require=trusted":            `acr_values="urn:symbolon:trusted"`,
		"app=bank&maxAge=PT5M":                `acr_values="urn:symbolon:known", max_age="300"`,
		"app=bank&require=trusted&maxAge=P1D": `acr_values="urn:symbolon:trusted", max_age="86400"`,
	} {
		a := h.pass(t, visit{query: query, header: map[string]string{"Accept": "*/*"}})
		if got := a.header.Get("WWW-Authenticate"); got != `Bearer error="insufficient_user_authentication", `+want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// What is required of a device, against devices.
func TestWhatIsRequired(t *testing.T) {
	h := openHouse(t, withPage)
	known := h.newPhone(t, "anna")
	known.register(t)
	trusted, _ := h.trustedPhone(t, "ben")
	stranger := h.newPhone(t, "cora")
	passes := map[string]string{"nothing": "", "known": known.pass(t, visit{}), "trusted": trusted.pass(t, visit{})}
	for _, c := range []struct {
		query, device string
		status        int
	}{
		{"app=bank", "known", 200},
		{"app=bank", "trusted", 200},
		{"app=bank", "nothing", 302},
		{"app=bank&require=known", "known", 200},
		{"app=bank&require=trusted", "trusted", 200},
		{"app=bank&require=trusted", "known", 302},
		{"app=bank&require=none", "nothing", 200},
		{"app=bank&require=none", "known", 200},
		{"app=bank&maxRisk=100", "known", 200},
		{"app=bank&maxRisk=0", "known", 302}, // a program's user agent has its points

		{"app=bank&maxAge=PT10M", "known", 200},
	} {
		a := h.pass(t, visit{query: c.query, cookie: passes[c.device]})
		if a.status != c.status {
			t.Errorf("%s by a device that is %s: %d %s", c.query, c.device, a.status, a.body)
		}
	}
	if got := h.pass(t, visit{query: "app=bank&require=none"}).grants(t); got != (grants{}) {
		t.Errorf("of a browser without a pass the app learns %+v", got)
	}
	if a := stranger.check(t, visit{}); !strings.Contains(a.header.Get("Set-Cookie"), secureCookie+"=; Path=/; Max-Age=0") {
		t.Errorf("a stranger's check gave %q", a.header.Get("Set-Cookie"))
	}
}

// Parameters that are wrong are named: they stand in the proxy's configuration.
func TestParametersOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	for query, field := range map[string]string{
		"":                         "app",
		"app=":                     "app",
		"app=Bank":                 "app",
		"app=bank&app=bank":        "app",
		"app=bank&require=factor":  "require",
		"app=bank&require=":        "require",
		"app=bank&maxRisk=101":     "maxRisk",
		"app=bank&maxRisk=low":     "maxRisk",
		"app=bank&maxAge=300":      "maxAge",
		"app=bank&redirect=307":    "redirect",
		"app=bank&requires=known":  "requires",
		"uri=/x&app=bank":          "uri",
		"app=bank&require=known&x": "x",
	} {
		p := do(t, h.proxied(t, http.MethodGet, "/forward-auth?"+query, "", visit{})).problem(t, query, http.StatusBadRequest, "invalid_request")
		if p["field"] != field {
			t.Errorf("%s is said to be wrong in %v", query, p["field"])
		}
	}
	h.pass(t, visit{query: "app=bank&require=%zz"}).problem(t, "no query", http.StatusBadRequest, "invalid_request")
	h.pass(t, visit{query: "app=nobody"}).problem(t, "no such app", http.StatusNotFound, "not_found")
}

// Envoy writes the original path and query behind uri=, just as the client sent them. No
// parameter is read from there.
func TestTheURIIsTheClients(t *testing.T) {
	h := openHouse(t, withPage)
	for uri, back := range map[string]string{
		"/a?b=c":                             "/a?b=c",
		"/a?b=1&b=2":                         "/a?b=1&b=2",
		"/a&app=shop&require=none":           "/a&app=shop&require=none",
		"/a?x=%zz;y&uri=/b&app=shop":         "/a?x=%zz;y&uri=/b&app=shop",
		"/a&require=none&maxRisk=100&maxAge": "/a&require=none&maxRisk=100&maxAge",
		"":                                   "/",
		"a":                                  "/",
		"//evil.example":                     "/",
		"/%5Cevil.example":                   "/%5Cevil.example",
		"/a/../b":                            "/",
		"/a/%2e%2E/b":                        "/",
		"/a/.%2e":                            "/",
		"/./a":                               "/",
		"/a%2f..%2fb":                        "/",
		"/a?up=../..":                        "/a?up=../..",
		"/..a/...":                           "/..a/...",
		"/device-check?app=bank":             "/",
		"/device-checked":                    "/device-checked",
		"https://evil.example/":              "/",
		"/" + strings.Repeat("a", 5000):      "/",
	} {
		a := h.pass(t, visit{query: "app=bank&uri=" + uri})
		if a.status != http.StatusFound || a.sentTo(t) != back || !strings.Contains(a.header.Get("Location"), "app=bank&require=known&") {
			t.Errorf("uri=%s: %d, then back to %q by %s", uri, a.status, a.sentTo(t), a.header.Get("Location"))
		}
	}
	for uri, back := range map[string]string{`/\evil.example`: "/", "/a\tb": "/", "//evil.example": "/", "/a/../b": "/", "/ä?ö": "/ä?ö", "": "/"} {
		a := h.pass(t, visit{header: map[string]string{"X-Forwarded-Uri": uri}})
		if a.status != http.StatusFound || a.sentTo(t) != back {
			t.Errorf("X-Forwarded-Uri %q: %d, then back to %q", uri, a.status, a.sentTo(t))
		}
	}
}

// Without a trusted proxy nothing is told of anyone, whatever is claimed.
func TestOnlyProxiesMayAsk(t *testing.T) {
	h := openHouse(t, func(c *server.Config) { withPage(c); c.TrustedProxies = nil })
	a := h.pass(t, visit{})
	p := a.problem(t, "forward-auth", http.StatusForbidden, "forbidden")
	if !strings.Contains(p["detail"].(string), "trusted-proxies") {
		t.Errorf("the engineer reads %s", p["detail"])
	}
	do(t, h.proxied(t, "GET", "/device-check?app=bank", "", visit{})).problem(t, "the page", http.StatusForbidden, "forbidden")
	h.atCheck(t, "challenges", `{"purpose":"prove"}`, visit{}).problem(t, "its calls", http.StatusForbidden, "forbidden")
	h.atCheck(t, "sessions", "", visit{}).problem(t, "its sessions", http.StatusForbidden, "forbidden")
	if n := strings.Count(h.log.String(), "not among the trusted proxies, and was refused"); n != 1 {
		t.Errorf("the log warns %d times; once a minute is enough:\n%s", n, h.log)
	}
}
