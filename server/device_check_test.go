package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// A person whose browser nobody knows is signed in by the proxy's login: the page registers
// the browser by the assertion that the proxy adds, and the check that follows gives a pass.
func TestStoryOfRegistrationAtTheCheck(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	ticket := h.ticket(t, "alice", "")
	page := do(t, h.proxied(t, "GET", "/device-check?app=bank&require=known&return=%2F", "", visit{bearer: ticket}))
	if page.status != 200 || !strings.Contains(page.body, `name="symbolon-may-register" content="true"><meta name="symbolon-user" content="alice"`) {
		t.Fatalf("the page: %d %s", page.status, page.body)
	}
	if a := p.check(t, visit{bearer: ticket}); !strings.Contains(a.body, `"known":false`) {
		t.Errorf("before it is registered: %s", a.body)
	}
	h.atCheck(t, "devices", p.enrolmentFor(t), visit{}).problem(t, "without an assertion", http.StatusUnauthorized, "unauthenticated")
	h.atCheck(t, "devices", p.enrolmentFor(t), visit{bearer: h.key}).problem(t, "by a backend", http.StatusUnauthorized, "unauthenticated")
	h.atCheck(t, "devices", p.enrolmentFor(t), visit{bearer: "opaque"}).problem(t, "by another token", http.StatusUnauthorized, "unauthenticated")
	if a := h.atCheck(t, "devices", p.enrolmentFor(t), visit{bearer: ticket}); a.status != http.StatusCreated || a.header.Get("Set-Cookie") != "" {
		t.Fatalf("registering: %d %s", a.status, a.body)
	}
	if got := h.pass(t, visit{cookie: p.pass(t, visit{bearer: ticket})}).grants(t); got.device == "" {
		t.Errorf("afterwards: %+v", got)
	}
}

// The page says what the proxy's assertion allows, and can do nothing but call us.
func TestThePageOfTheCheck(t *testing.T) {
	h := openHouse(t, withPage)
	show := func(query string, v visit) answered {
		return do(t, h.proxied(t, "GET", "/device-check?"+query, "", v))
	}
	a := show("app=bank", visit{})
	if a.status != 200 || a.header.Get("Content-Type") != "text/html; charset=utf-8" || a.header.Get("Cache-Control") != "no-store" ||
		a.header.Get("Content-Security-Policy") != "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
		t.Errorf("the page: %d %v", a.status, a.header)
	}
	for what, v := range map[string]visit{"nothing": {}, "the app's own token": {bearer: "opaque"}, "a backend": {bearer: h.key}} {
		if a := show("app=bank", v); !strings.Contains(a.body, `may-register" content="false"><meta name="symbolon-user" content=""`) {
			t.Errorf("by %s: %s", what, a.body)
		}
	}
	odd := symbolon.UserID(`"><script>content="unknown"`)
	if a := show("app=bank", visit{bearer: h.ticket(t, odd, "")}); !strings.Contains(a.body, `content="&#34;&gt;&lt;script&gt;content=&#34;unknown&#34;">`) {
		t.Errorf("a user's id is written as %s", a.body)
	}
	for query, status := range map[string]int{"": 403, "app=": 403, "app=nobody": 403, "app=bank&app=bank": 400} {
		if a := show(query, visit{}); a.status != status {
			t.Errorf("%q: %d %s", query, a.status, a.body)
		}
	}
	show("app=bank", visit{header: map[string]string{"X-Forwarded-Host": "evil.example"}}).problem(t, "elsewhere", http.StatusForbidden, "forbidden")

	script := do(t, h.proxied(t, "GET", "/device-check/assets/check.js", "", visit{}))
	if script.status != 200 || script.body != "void 0;\n" || !strings.HasPrefix(script.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("the script: %d %v", script.status, script.header)
	}
	kept := do(t, h.proxied(t, "GET", "/device-check/assets/check.js", "", visit{header: map[string]string{"If-None-Match": script.header.Get("ETag")}}))
	if kept.status != http.StatusNotModified {
		t.Errorf("a browser that has the script gets it again: %d", kept.status)
	}
	for _, path := range []string{"/device-check/assets/", "/device-check/assets/index.html", "/device-check/assets/..%2findex.html", "/device-check/x"} {
		if a := do(t, h.proxied(t, "GET", path, "", visit{})); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// Only the page itself may make its calls, and no call of it works as another caller.
func TestWhoCallsTheCheck(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	bodies := map[string]string{"challenges": `{"purpose":"prove"}`, "decisions": `{}`, "devices": `{"proof":"x"}`}
	for call, body := range bodies {
		for what, header := range map[string]map[string]string{
			"another origin": {"Origin": "https://evil.example"}, "an opaque origin": {"Origin": "null"},
			"another site": {"Origin": "", "Sec-Fetch-Site": "cross-site"}, "a sibling": {"Origin": "", "Sec-Fetch-Site": "same-site"},
			"an address that was typed": {"Origin": "", "Sec-Fetch-Site": "none"},
			"an origin of no app":       {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
		} {
			a := h.atCheck(t, call, body, visit{header: header, bearer: h.ticket(t, "alice", "")})
			a.problem(t, call+" by "+what, http.StatusForbidden, "forbidden")
			if a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s by %s may be read", call, what)
			}
		}
		req := h.proxied(t, http.MethodOptions, "/device-check/v1/apps/bank/"+call, "", visit{header: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "POST",
		}})
		if a := do(t, req); a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("a preflight opens %s: %v", call, a.header)
		}
	}
	// A backend that calls here is a client like any other.
	a := h.atCheck(t, "decisions", `{"proof":"`+p.prove(t)+`","userId":"alice"}`, visit{bearer: h.key})
	if a.status != 200 || strings.Contains(a.body, "decisionId") {
		t.Errorf("a backend at the check: %d %s", a.status, a.body)
	}
	if a := h.atCheck(t, "challenges", `{"purpose":"prove"}`, visit{header: map[string]string{"Origin": "", "Sec-Fetch-Site": ""}}); a.status != 200 {
		t.Errorf("an old browser that says nothing of its page: %d %s", a.status, a.body)
	}
	for _, call := range []string{"tickets", "me/devices", "introspect"} {
		if a := h.atCheck(t, call, `{}`, visit{bearer: h.key}); a.status != http.StatusNotFound {
			t.Errorf("%s is there too: %d", call, a.status)
		}
	}
}

// None of it stands in the API's description, which is of what apps call.
func TestTheCheckIsNotInTheDescription(t *testing.T) {
	text, err := server.OpenAPI()
	must(t, err)
	if strings.Contains(string(text), "device-check") || strings.Contains(string(text), "forward-auth") {
		t.Error("the description names what is for proxies and the page alone")
	}
}
