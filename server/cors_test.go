package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// Pages of the app's origins may use what clients and users may call, and nothing else.
func TestCORS(t *testing.T) {
	h := openHouse(t, noRates)
	preflight := func(o operation, method, from string) answered {
		return h.ask(t, http.MethodOptions, o.at(), "", "Origin", from, "Access-Control-Request-Method", method,
			"Access-Control-Request-Headers", "authorization, content-type")
	}
	public := 0
	for _, o := range h.operations(t) {
		open := (contains(o.security, "") || contains(o.security, "user")) && strings.Contains(o.path, "{app}")
		got := preflight(o, o.method, origin).header
		if allowed := got.Get("Access-Control-Allow-Origin"); (allowed == origin) != open {
			t.Errorf("%s: a preflight from the app's origin gets Allow-Origin %q", o.id, allowed)
		}
		if open {
			public++
			if !strings.Contains(got.Get("Access-Control-Allow-Methods"), o.method) || got.Get("Access-Control-Max-Age") == "" ||
				!strings.Contains(got.Get("Access-Control-Allow-Headers"), "Symbolon-Proof") || !strings.Contains(strings.Join(got.Values("Vary"), ","), "Origin") {
				t.Errorf("%s: the preflight's answer %v is not whole", o.id, got)
			}
		}
		for _, from := range []string{"https://evil.example", "null", "https://bank.example.evil.example", "http://bank.example", origin + "/"} {
			if got := preflight(o, o.method, from).header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s: a preflight from %s gets Allow-Origin %q", o.id, from, got)
			}
		}
		if got := h.askAs(t, "", o, "", "Origin", origin).header.Get("Access-Control-Allow-Origin"); (got == origin) != open {
			t.Errorf("%s: a page of the app's origin gets Allow-Origin %q, also where it is refused", o.id, got)
		}
	}
	if public < 13 {
		t.Errorf("only %d operations are public", public)
	}

	body := `{"purpose":"prove"}`
	a := h.ask(t, "POST", "/v1/apps/bank/challenges", body, "Origin", origin)
	if a.header.Get("Access-Control-Allow-Origin") != origin || a.header.Get("Access-Control-Allow-Credentials") != "" ||
		!strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "Retry-After") || a.header.Get("Vary") != "Origin" {
		t.Errorf("a page's call gets %v", a.header)
	}
	a = h.ask(t, "POST", "/v1/apps/bank/challenges", body, "Origin", "https://evil.example")
	if a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Vary") != "Origin" {
		t.Errorf("a foreign page's call gets %v", a.header)
	}
	a = h.ask(t, "POST", "/v1/apps/bank/challenges", body, append(h.asBackend(), "Origin", origin)...)
	if a.status != http.StatusOK || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a page may use a backend's credential: %d %v", a.status, a.header)
	}
	got := preflightOf(h, t, "/v1/apps/bank/devices", "GET")
	if got.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("staff's method on a path that users share is open to pages: %v", got)
	}
}

func preflightOf(h *house, t *testing.T, path, method string) http.Header {
	return h.ask(t, http.MethodOptions, path, "", "Origin", origin, "Access-Control-Request-Method", method).header
}
