package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// What a client sends by the names of the answer never comes back.
func TestSmuggledHeadersAreNotEchoed(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	device := p.register(t)
	pass := p.pass(t, visit{})
	smuggled := map[string]string{
		"X-Symbolon-User": "root", "X-Symbolon-Device": "root", "X-Symbolon-Trusted": "true", "X-Symbolon-Risk": "-1",
		"X-Symbolon-Bound": "yes", "X-Symbolon-Token": "root", "x-symbolon-user": "root", "X_Symbolon_User": "root",
	}
	got := h.pass(t, visit{cookie: pass, header: smuggled}).grants(t)
	if got.user != "" || got.device != string(device.ID) || got.trusted != "false" || got.bound != "false" {
		t.Errorf("with a pass: %+v", got)
	}
	if got := h.pass(t, visit{query: "app=bank&require=none", header: smuggled}).grants(t); got != (grants{}) {
		t.Errorf("without one: %+v", got)
	}
}

// A header that comes twice is one that the proxy did not overwrite.
func TestWhatAProxyMustOverwrite(t *testing.T) {
	h := openHouse(t, withPage)
	pass := registered(t, h, "alice").pass(t, visit{})
	for name, second := range map[string]string{
		"X-Forwarded-Proto": "https", "X-Forwarded-Host": "bank.example", "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/",
	} {
		req := h.proxied(t, "GET", "/forward-auth?app=bank", "", visit{cookie: pass})
		req.Header.Add(name, second)
		if p := do(t, req).problem(t, name+" twice", http.StatusBadRequest, "invalid_request"); p["field"] != name {
			t.Errorf("%s twice: the field is %v", name, p["field"])
		}
	}
	for name, list := range map[string]string{"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "bank.example, evil.example", "X-Forwarded-Method": "GET,POST"} {
		h.pass(t, visit{cookie: pass, header: map[string]string{name: list}}).problem(t, list, http.StatusBadRequest, "invalid_request")
	}
	h.pass(t, visit{cookie: pass, header: map[string]string{"X-Forwarded-Proto": "gopher"}}).problem(t, "gopher", http.StatusBadRequest, "invalid_request")
	req := h.proxied(t, "GET", "/forward-auth?app=bank", "", visit{cookie: pass})
	req.Header.Add("Authorization", "Bearer "+h.ticket(t, "alice", ""))
	req.Header.Add("Authorization", "Bearer "+h.ticket(t, "alice", ""))
	if got := do(t, req).grants(t); got.user != "" {
		t.Errorf("two bearers name %q", got.user)
	}
}

// A pass counts at the origin that it was made for, however the proxy spells it.
func TestOriginsOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	origins := []string{origin, "http://bank.example", "https://bank.example:8443", "https://other.example"}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Origins: &origins}, -1)
	must(t, err)
	pass := registered(t, h, "alice").pass(t, visit{})
	at := func(proto, host string) visit {
		return visit{cookie: pass, header: map[string]string{"X-Forwarded-Proto": proto, "X-Forwarded-Host": host}}
	}
	for _, c := range []struct {
		proto, host string
		status      int
	}{
		{"https", "bank.example", 200},
		{"HTTPS", "Bank.Example", 200},
		{"https", "bank.example:443", 200},
		{"wss", "bank.example", 200},
		{"https", "bank.example:8443", 302},
		{"https", "other.example", 302},
		{"http", "bank.example", 302},
		{"http", "bank.example:80", 302},
		{"ws", "bank.example", 302},
		{"", "bank.example", 302},
		{"https", "bank.example:444", 403},
		{"https", "evil.example", 403},
		{"https", "bank.example.", 403},
		{"https", "bank.example@evil.example", 403},
		{"https", "sub.bank.example", 403},
	} {
		a := h.pass(t, at(c.proto, c.host))
		if a.status != c.status {
			t.Errorf("%s://%s: %d %s", c.proto, c.host, a.status, a.body)
		}
		if c.status == 403 && !strings.Contains(a.body, "https://"+c.host) {
			t.Errorf("%s: the engineer reads %s", c.host, a.body)
		}
	}
	req := h.proxied(t, "GET", "/forward-auth?app=bank", "", at("https", ""))
	req.Host = "bank.example"
	if a := do(t, req); a.status != 200 {
		t.Errorf("by the proxy's own Host: %d %s", a.status, a.body)
	}
}

// Over http, which an app may list for a laptop, the cookie has a name that needs no TLS;
// neither name counts at the other's place.
func TestCookieNames(t *testing.T) {
	h := openHouse(t, withPage)
	origins := []string{origin, "http://bank.example"}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Origins: &origins}, -1)
	must(t, err)
	p := registered(t, h, "alice")
	plain := map[string]string{"X-Forwarded-Proto": "http", "Origin": "http://bank.example"}
	a := p.check(t, visit{header: plain})
	cookie := a.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "symbolon_bank=") || !strings.HasSuffix(cookie, "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax") {
		t.Errorf("over http the pass is set as %s", cookie)
	}
	if a.header.Get("Secure-Session-Registration") != "" {
		t.Error("a session is offered over http")
	}
	pass, _, _ := strings.Cut(cookie, ";")
	if a := h.pass(t, visit{cookie: pass, header: plain}); a.status != 200 {
		t.Errorf("over http: %d", a.status)
	}
	for cookie, header := range map[string]map[string]string{
		pass: nil, "__Host-" + pass: nil, "__Host-" + pass + " ": plain,
	} {
		if a := h.pass(t, visit{cookie: cookie, header: header}); a.status != 302 {
			t.Errorf("%s with %v: %d", cookie[:20], header, a.status)
		}
	}
}

// Another app's pass, and what somebody else put beside the right one.
func TestCookiesThatAreNoPass(t *testing.T) {
	h := openHouse(t, withPage)
	_, err := h.admin.CreateApp(t.Context(), symbolon.NewApp{ID: "shop", Name: "Shop", Origins: []string{origin}})
	must(t, err)
	p := registered(t, h, "alice")
	pass := p.pass(t, visit{})
	_, value, _ := strings.Cut(pass, "=")
	other := registered(t, h, "mallory").pass(t, visit{})
	for what, v := range map[string]visit{
		"at another app":           {query: "app=shop", cookie: "__Host-symbolon_shop=" + value},
		"with the other's beside":  {cookie: pass + "; " + other},
		"with an empty one beside": {cookie: pass + "; " + secureCookie + "="},
		"with itself beside":       {cookie: pass + "; a=b; " + pass},
		"in quotes":                {cookie: secureCookie + `="` + value + `"`},
		"by a name in capitals":    {cookie: "__HOST-symbolon_bank=" + value},
		"cut":                      {cookie: pass[:len(pass)-2]},
		"lengthened":               {cookie: pass + "A"},
		"changed":                  {cookie: secureCookie + "=" + flipped(value)},
		"by a name without value":  {cookie: secureCookie},
		"made up":                  {cookie: secureCookie + "=" + strings.Repeat("A", len(value))},
		"endless":                  {cookie: secureCookie + "=" + strings.Repeat("A", 8000)},
	} {
		if a := h.pass(t, v); a.status != http.StatusFound {
			t.Errorf("a pass %s: %d %s", what, a.status, a.body)
		}
	}
	req := h.proxied(t, "GET", "/forward-auth?app=bank", "", visit{cookie: pass})
	req.Header.Add("Cookie", other)
	if a := do(t, req); a.status != http.StatusFound {
		t.Errorf("two lines of cookies, one pass in each: %d", a.status)
	}
}

// flipped changes a character in the middle.
func flipped(s string) string {
	middle, other := len(s)/2, "A"
	if s[middle] == 'A' {
		other = "B"
	}
	return s[:middle] + other + s[middle+1:]
}

// The app behind the proxy gets its own cookies as they came, and no pass of anybody's.
func TestCookiesThatAreHandedOn(t *testing.T) {
	h := openHouse(t, withPage)
	pass := registered(t, h, "alice").pass(t, visit{})
	for sent, kept := range map[string]string{
		pass:                               "",
		"a=1; " + pass:                     "a=1",
		pass + "; a=1":                     "a=1",
		"a=1; " + pass + "; b=2":           "a=1; b=2",
		"a=1;" + pass + ";b=2":             "a=1;b=2",
		"a=1 ;  " + pass + " ; b = 2":      "a=1 ; b = 2",
		pass + `; q="a b\"; =x; y==; z; ;`: `q="a b\"; =x; y==; z; ;`,
		pass + "; ä=ö; \x80":               "ä=ö; \x80",
		pass + "; __Host-symbolon_shop=p; symbolon_bank=p; symbolonic=1": "symbolonic=1",
		pass + "; " + strings.Repeat("c=1; ", 300) + "d=2":               strings.Repeat("c=1; ", 300) + "d=2",
	} {
		if got := h.pass(t, visit{cookie: sent}).grants(t).cookie; got != kept {
			t.Errorf("of %.80q the app gets %.80q", sent, got)
		}
	}
	req := h.proxied(t, "GET", "/forward-auth?app=bank", "", visit{cookie: "a=1"})
	req.Header.Add("Cookie", pass)
	req.Header.Add("Cookie", "b=2")
	if got := do(t, req).grants(t).cookie; got != "a=1; b=2" {
		t.Errorf("of three lines the app gets %q", got)
	}
	if got := h.pass(t, visit{query: "app=bank&require=none", cookie: "a=1; symbolon_bank=x"}).grants(t).cookie; got != "a=1" {
		t.Errorf("without a pass the app gets %q", got)
	}
}

// Having a device is no login: who the user is, only an assertion of the request says, and
// only of the device's own user.
func TestUsersOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	ctx := t.Context()
	pass := registered(t, h, "auth0|1 ü").pass(t, visit{})
	made, err := h.admin.CreateApp(ctx, symbolon.NewApp{ID: "shop", Name: "Shop"})
	must(t, err)
	foreign, err := h.client(t, made.Credential.Key).For("shop").IssueTicket(ctx, symbolon.TicketRequest{UserID: "auth0|1 ü"})
	must(t, err)
	for what, bearer := range map[string]string{
		"nothing": "", "the app's own token": "opaque", "another app's ticket": foreign.Ticket,
		"a backend's credential": h.key, "the admin key": adminKey, "a broken ticket": h.ticket(t, "auth0|1 ü", "") + "A",
	} {
		if got := h.pass(t, visit{cookie: pass, bearer: bearer}).grants(t); got.user != "" || got.device == "" {
			t.Errorf("by %s: %+v", what, got)
		}
	}
	own := h.ticket(t, "auth0|1 ü", "")
	if got := h.pass(t, visit{cookie: pass, bearer: own}).grants(t); got.user != "auth0|1%20%C3%BC" {
		t.Errorf("by a ticket of the device's user: %+v", got)
	}
	if got := h.pass(t, visit{query: "app=bank&require=none", bearer: own}).grants(t); got != (grants{}) {
		t.Errorf("by a ticket without a device: %+v", got)
	}
	mallory := h.ticket(t, "mallory", "")
	if a := h.pass(t, visit{cookie: pass, bearer: mallory}); a.status != http.StatusFound {
		t.Errorf("another user with this device: %d %s", a.status, a.body)
	}
	if got := h.pass(t, visit{query: "app=bank&require=none", cookie: pass, bearer: mallory}).grants(t); got != (grants{}) {
		t.Errorf("another user, where nothing is required: %+v", got)
	}
	req := h.proxied(t, "GET", "/forward-auth?app=bank", "", visit{cookie: pass})
	req.SetBasicAuth("auth0|1 ü", "secret")
	if got := do(t, req).grants(t); got.user != "" {
		t.Errorf("by a password of the app's own: %+v", got)
	}
	_, err = h.backend.RevokeUser(ctx, "auth0|1 ü", symbolon.CauseUserDeactivated)
	must(t, err)
	for _, bearer := range []string{"", own} {
		h.pass(t, visit{cookie: pass, bearer: bearer}).problem(t, "a deactivated user", http.StatusForbidden, "forbidden")
	}
}

// Where the store fails nothing passes, whatever is required: 503, which a proxy and a
// browser take for a pause.
func TestFaultsOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	pass := p.pass(t, visit{})
	proof := p.prove(t)
	burning := errors.New("disk of db7 is on fire")
	fails := false
	f := &faulty{getStanding: func() error {
		if fails {
			return burning
		}
		return nil
	}, getApp: func(context.Context) error { return nil }}
	bad := openFaulty(t, h, f, server.Limits{PublicRate: -1}, withPage)
	if a := bad.pass(t, visit{cookie: pass}); a.status != http.StatusOK {
		t.Fatalf("before the fault: %d %s", a.status, a.body)
	}
	fails = true
	for _, query := range []string{"app=bank", "app=bank&require=none", "app=bank&require=trusted"} {
		a := bad.pass(t, visit{query: query, cookie: pass})
		a.problem(t, query, http.StatusServiceUnavailable, "unavailable")
		if a.header.Get("Retry-After") == "" || a.header.Get("X-Symbolon-Device") != "" || strings.Contains(a.body, "fire") {
			t.Errorf("%s: %s %v", query, a.body, a.header)
		}
	}
	bad.atCheck(t, "decisions", `{"proof":"`+proof+`"}`, visit{}).problem(t, "a check", http.StatusServiceUnavailable, "unavailable")
	if !strings.Contains(bad.log.String(), "db7") {
		t.Errorf("the log lacks the fault:\n%s", bad.log)
	}
	dark := openFaulty(t, h, &faulty{getApp: func(context.Context) error { return burning }}, server.Limits{}, withPage)
	dark.pass(t, visit{cookie: pass}).problem(t, "no settings", http.StatusServiceUnavailable, "unavailable")
	slow := openFaulty(t, h, &faulty{getApp: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
		server.Limits{Request: 20 * time.Millisecond}, withPage)
	slow.pass(t, visit{cookie: pass}).problem(t, "too slow", http.StatusServiceUnavailable, "unavailable")
}

// Questions use up nobody's turns: after as many as a large page asks without a pass, every
// browser of the address can still show itself at the check. Beyond the rate, the check
// answers 503 and the questions are answered as before.
func TestOverloadOfForwardAuth(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	proof := `{"proof":"` + p.prove(t) + `"}`
	busy := openFaulty(t, h, &faulty{}, server.Limits{PublicRate: 0.001, PublicBurst: 3}, withPage)
	picture := map[string]string{"Sec-Fetch-Mode": "no-cors", "Accept": "image/*"}
	for i := range 900 {
		if a := busy.pass(t, visit{header: picture}); a.status != http.StatusUnauthorized {
			t.Fatalf("question %d without a pass: %d", i, a.status)
		}
	}
	if a := busy.atCheck(t, "challenges", `{"purpose":"prove"}`, visit{}); a.status != http.StatusOK {
		t.Errorf("then a challenge: %d %s", a.status, a.body)
	}
	if a := do(t, busy.proxied(t, "GET", "/device-check?app=bank", "", visit{})); a.status != http.StatusOK {
		t.Errorf("then the page: %d %s", a.status, a.body)
	}
	pass, _, _ := strings.Cut(busy.atCheck(t, "decisions", proof, visit{}).header.Get("Set-Cookie"), ";")
	calls := map[string]func() answered{
		"the page":   func() answered { return do(t, busy.proxied(t, "GET", "/device-check?app=bank", "", visit{})) },
		"its script": func() answered { return do(t, busy.proxied(t, "GET", "/device-check/assets/check.js", "", visit{})) },
		"a challenge": func() answered {
			return busy.atCheck(t, "challenges", `{"purpose":"prove"}`, visit{})
		},
		"a session":   func() answered { return busy.atCheck(t, "sessions", "", visit{}) },
		"its refresh": func() answered { return busy.atCheck(t, "sessions/refresh", "", visit{}) },
		"nothing":     func() answered { return do(t, busy.proxied(t, "GET", "/device-check/nothing", "", visit{})) },
		"a bad path":  func() answered { return do(t, busy.proxied(t, "GET", "/device-check//x", "", visit{})) },
	}
	for what, call := range calls {
		a := call()
		a.problem(t, what, http.StatusServiceUnavailable, "unavailable")
		if a.header.Get("Retry-After") != "1000" || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", what, a.header)
		}
	}
	for range 10 {
		if a := busy.pass(t, visit{cookie: pass}); a.status != http.StatusOK {
			t.Fatalf("who has a pass: %d %s", a.status, a.body)
		}
		if a := busy.pass(t, visit{}); a.status != http.StatusFound {
			t.Fatalf("who has none: %d %s", a.status, a.body)
		}
	}
}

// A block between two requests on one connection counts at the second.
func TestABlockCountsAtOnce(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	device := p.register(t)
	pass := p.pass(t, visit{})
	for range 20 {
		if a := h.pass(t, visit{cookie: pass}); a.status != http.StatusOK {
			t.Fatalf("active: %d", a.status)
		}
		_, err := h.backend.BlockDevice(t.Context(), device.ID, symbolon.BlockRequest{Reason: "test"})
		must(t, err)
		if a := h.pass(t, visit{cookie: pass}); a.status != http.StatusForbidden {
			t.Fatalf("blocked: %d", a.status)
		}
		_, err = h.backend.UnblockDevice(t.Context(), device.ID, symbolon.UnblockRequest{})
		must(t, err)
	}
	must(t, h.backend.RemoveDevice(t.Context(), device.ID))
	if a := h.pass(t, visit{cookie: pass}); a.status == http.StatusOK {
		t.Error("a removed device passes")
	}
}

// registered is a phone that is registered for the user.
func registered(t testing.TB, h *house, user symbolon.UserID) *phone {
	t.Helper()
	p := h.newPhone(t, user)
	p.register(t)
	return p
}
