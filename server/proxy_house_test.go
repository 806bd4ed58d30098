package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

const secureCookie = "__Host-symbolon_bank"

// withPage gives the server a page of the device check, and trusts the test as a proxy.
func withPage(c *server.Config) {
	behindProxy(c)
	c.Check = fstest.MapFS{
		"index.html":      {Data: []byte(`<meta name="symbolon-may-register" content="unknown"><meta name="symbolon-user" content=""><p>checking</p>`)},
		"assets/check.js": {Data: []byte("void 0;\n")},
	}
}

// visit is a request as a browser sends it to the app, and as the proxy hands it on.
type visit struct {
	query  string            // of /forward-auth; app=bank where empty
	header map[string]string // what is not as usual; "" takes a header away
	cookie string
	bearer string
	method string // of the call to the service
}

// pass asks forward-auth about a visit.
func (h *house) pass(t testing.TB, v visit) answered {
	t.Helper()
	if v.query == "" {
		v.query = "app=bank"
	}
	if v.method == "" {
		v.method = http.MethodGet
	}
	return do(t, h.proxied(t, v.method, "/forward-auth?"+v.query, "", v))
}

// proxied is a request by a proxy, for a person who opens https://bank.example/accounts?x=1.
func (h *house) proxied(t testing.TB, method, path, body string, v visit) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+path, strings.NewReader(body))
	must(t, err)
	for name, value := range map[string]string{
		"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "bank.example",
		"X-Forwarded-Uri": "/accounts?x=1", "X-Forwarded-Method": http.MethodGet,
		"Accept": "text/html,application/xhtml+xml;q=0.9", "Cookie": v.cookie,
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if v.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	for name, value := range v.header {
		req.Header.Del(name)
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	return req
}

// atCheck calls what the page of the device check calls, from that page.
func (h *house) atCheck(t testing.TB, call, body string, v visit) answered {
	t.Helper()
	req := h.proxied(t, http.MethodPost, "/device-check/v1/apps/bank/"+call, body, v)
	for name, value := range map[string]string{"Origin": origin, "Sec-Fetch-Site": "same-origin"} {
		if _, given := v.header[name]; !given {
			req.Header.Set(name, value)
		}
	}
	return do(t, req)
}

// check shows the phone's key to the device check.
func (p *phone) check(t testing.TB, v visit) answered {
	t.Helper()
	return p.h.atCheck(t, "decisions", `{"proof":"`+p.prove(t)+`"}`, v)
}

// pass is the cookie that a device check gives the phone: name=value.
func (p *phone) pass(t testing.TB, v visit) string {
	t.Helper()
	a := p.check(t, v)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	if a.status != http.StatusOK || cookie == "" || strings.HasSuffix(cookie, "=") {
		t.Fatalf("the device check gave no pass: %d %s %v", a.status, a.body, a.header)
	}
	return cookie
}

// trustedPhone is a phone that its user trusts.
func (h *house) trustedPhone(t testing.TB, user symbolon.UserID) (*phone, symbolon.Device) {
	t.Helper()
	p := h.newPhone(t, user)
	d := p.register(t)
	decision := p.decide(t)
	d, err := h.backend.TrustDevice(t.Context(), d.ID, symbolon.TrustRequest{DecisionID: decision.ID, Factor: "otp"})
	must(t, err)
	return p, d
}

// grants are what a proxy may learn of a request that passes.
type grants struct{ user, device, trusted, risk, bound, cookie string }

func (a answered) grants(t testing.TB) grants {
	t.Helper()
	for _, name := range []string{
		"X-Symbolon-User", "X-Symbolon-Device", "X-Symbolon-Trusted", "X-Symbolon-Risk", "X-Symbolon-Bound", "X-Symbolon-Token", "Cookie",
	} {
		if len(a.header[name]) != 1 {
			t.Errorf("%s is there %d times; each is set once, so that a proxy overwrites what a client sent", name, len(a.header[name]))
		}
	}
	if a.status != http.StatusOK || a.body != "" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("it does not pass: %d %s %v", a.status, a.body, a.header)
	}
	h := a.header
	return grants{
		h.Get("X-Symbolon-User"), h.Get("X-Symbolon-Device"), h.Get("X-Symbolon-Trusted"), h.Get("X-Symbolon-Risk"),
		h.Get("X-Symbolon-Bound"), h.Get("Cookie"),
	}
}

// sentTo is the path with which a browser is asked to come back after its check.
func (a answered) sentTo(t testing.TB) string {
	t.Helper()
	page, err := url.Parse(a.header.Get("Location"))
	must(t, err)
	if page.Scheme != "" || page.Host != "" || page.Path != "/device-check" {
		t.Errorf("the browser is sent to %q", a.header.Get("Location"))
	}
	return page.Query().Get("return")
}

// enrolmentFor is the body of a registration.
func (p *phone) enrolmentFor(t testing.TB) string {
	t.Helper()
	return `{"proof":"` + p.enrolment(t) + `","deviceName":"Browser"}`
}
