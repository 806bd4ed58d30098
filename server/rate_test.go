package server_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/symbolon-id/symbolon/server"
)

const challenges = "/v1/apps/bank/challenges"

// from is a header by which the trusted proxy of the tests says where a call comes from.
func from(address string) []string { return []string{"X-Forwarded-For", address} }

func behindProxy(c *server.Config) {
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// slow fills so slowly that no test sees it fill.
func slow(c *server.Config) {
	c.Limits.PublicRate, c.Limits.PublicBurst = 0.001, 3
	c.Limits.FailureRate, c.Limits.FailureBurst = 0.001, 2
}

// An address has so many public calls at once; another address, and a backend on the
// same one, have theirs.
func TestRatesOfPublicCalls(t *testing.T) {
	h := openHouse(t, behindProxy, slow)
	ask := func(address string, header ...string) answered {
		return h.ask(t, "POST", challenges, `{"purpose":"prove"}`, append(header, from(address)...)...)
	}
	for i := range 3 {
		if a := ask("203.0.113.7"); a.status != http.StatusOK {
			t.Fatalf("call %d: %d %s", i, a.status, a.body)
		}
	}
	a := ask("203.0.113.7")
	a.problem(t, "the fourth call", http.StatusTooManyRequests, "rate_limited")
	if a.header.Get("Retry-After") != "1000" {
		t.Errorf("Retry-After is %q, when the next turn is 1000 seconds away", a.header.Get("Retry-After"))
	}
	if a := ask("203.0.113.7", "Origin", "https://any.example"); a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a page can't read that it has to wait: %v", a.header)
	}
	if a := ask("203.0.113.8"); a.status != http.StatusOK {
		t.Errorf("another address: %d", a.status)
	}
	for range 10 {
		if a := ask("203.0.113.7", h.asBackend()...); a.status != http.StatusOK {
			t.Fatalf("a backend on the same address: %d %s", a.status, a.body)
		}
	}
	for range 3 {
		ask("2001:db8:1:2:aaaa::1")
	}
	if a := ask("2001:db8:1:2:bbbb::2"); a.status != http.StatusTooManyRequests {
		t.Errorf("one subscriber's next IPv6 address: %d", a.status)
	}
	if a := ask("2001:db8:1:3::1"); a.status != http.StatusOK {
		t.Errorf("another subscriber's IPv6 address: %d", a.status)
	}
	if a := h.ask(t, "OPTIONS", challenges, "", from("203.0.113.7")...); a.status != http.StatusTooManyRequests {
		t.Errorf("a preflight from an address without turns: %d", a.status)
	}
}

// Guessing is limited; who guesses on one address keeps nobody else from theirs.
func TestRatesOfBadBearers(t *testing.T) {
	h := openHouse(t, behindProxy, slow)
	ask := func(address, bearer string) answered {
		return h.ask(t, "GET", "/v1/apps/bank/devices", "", append(from(address), "Authorization", "Bearer "+bearer)...)
	}
	ask("203.0.113.7", "sk_guess1").problem(t, "first", http.StatusUnauthorized, "unauthenticated")
	ask("203.0.113.7", "sk_guess2").problem(t, "second", http.StatusUnauthorized, "unauthenticated")
	ask("203.0.113.7", "sk_guess3").problem(t, "third", http.StatusTooManyRequests, "rate_limited")
	if a := ask("203.0.113.8", h.key); a.status != http.StatusOK {
		t.Errorf("a good bearer elsewhere: %d", a.status)
	}
}

// Guesses lock nobody out who belongs there, and soon cost no look at the store.
func TestGuessesLockNobodyOut(t *testing.T) {
	var looks atomic.Int64
	count := func() { looks.Add(1) }
	h := openFaulty(t, openHouse(t), &faulty{getCredential: count}, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 20})
	ask := func(bearer string) answered {
		return h.ask(t, "GET", "/v1/apps/bank/devices", "", "Authorization", "Bearer "+bearer)
	}
	if a := ask(h.key); a.status != http.StatusOK {
		t.Fatalf("at first the backend hears %d", a.status)
	}
	looks.Store(0)
	for i := range 200 {
		want, code := http.StatusUnauthorized, "unauthenticated"
		if i >= 20 {
			want, code = http.StatusTooManyRequests, "rate_limited"
		}
		ask(fmt.Sprintf("sk_guess%d", i)).problem(t, "a guess", want, code)
	}
	if n := looks.Load(); n != 2*20 { // among the app's, and among the admins' of all apps
		t.Errorf("200 guesses cost %d looks at the store", n)
	}
	me := h.ask(t, "GET", "/v1/apps/bank/me/devices", "", "Authorization", "Bearer "+h.ticket(t, "alice", ""))
	if me.status != http.StatusOK {
		t.Errorf("a user on the address of the guesses hears %d %s", me.status, me.body)
	}
	if a := h.ask(t, "GET", "/v1/apps/bank", "", asAdmin()...); a.status != http.StatusOK {
		t.Errorf("an admin there hears %d %s", a.status, a.body)
	}
	if a := ask(h.key); a.status != http.StatusOK {
		t.Errorf("the backend there hears %d %s", a.status, a.body)
	}
}

// A credential that is gone is a guess like any other from its next call on.
func TestCredentialsThatAreGoneAreForgotten(t *testing.T) {
	looks := 0
	h := openFaulty(t, openHouse(t), &faulty{getCredential: func() { looks++ }}, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 2})
	ask := func() answered {
		return h.ask(t, "GET", "/v1/apps/bank/devices", "", h.asBackend()...)
	}
	if a := ask(); a.status != http.StatusOK {
		t.Fatalf("a good credential: %d", a.status)
	}
	h.ask(t, "DELETE", "/v1/apps/bank", "", asAdmin()...) // and with the app its credentials
	looks = 0
	ask().problem(t, "gone", http.StatusUnauthorized, "unauthenticated")
	ask().problem(t, "gone, again", http.StatusUnauthorized, "unauthenticated")
	for range 5 {
		ask().problem(t, "gone, after two failures", http.StatusTooManyRequests, "rate_limited")
	}
	if looks > 2*2 { // those of the two failures
		t.Errorf("it cost %d looks at the store", looks)
	}
}

// Whatever a stranger asks for counts, on every path; only that the process lives is
// always told.
func TestEveryStrangerIsHeld(t *testing.T) {
	h := openHouse(t, behindProxy, slow)
	ticket := h.ticket(t, "alice", "")
	for i, c := range []struct{ method, path, bearer string }{
		{"GET", "/v1/apps/bank/devices", ""},
		{"GET", "/v1/apps/bank/devices", ticket},
		{"GET", "/v1/apps/bank/me/devices", ticket},
		{"DELETE", "/v1/apps/bank", ""},
		{"GET", "/v2", ""},
		{"PUT", "/v1/apps", ""},
		{"GET", "/v1//apps", ""},
		{"OPTIONS", "/docs", ""},
		{"GET", "/docs", ""},
		{"GET", "/openapi.json", ""},
		{"GET", "/readyz", ""},
		{"GET", "/metrics", ""},
		{"GET", "/.well-known/jwks.json", ""},
		{"GET", "/problems/conflict", ""},
	} {
		header := from(fmt.Sprintf("203.0.113.%d", i))
		if c.bearer != "" {
			header = append(header, "Authorization", "Bearer "+c.bearer)
		}
		for n := range 3 {
			if a := h.ask(t, c.method, c.path, "", header...); a.status == http.StatusTooManyRequests {
				t.Errorf("%s %s: limited at call %d", c.method, c.path, n)
			}
		}
		a := h.ask(t, c.method, c.path, "", header...)
		a.problem(t, "the fourth "+c.method+" "+c.path, http.StatusTooManyRequests, "rate_limited")
		if a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: a page can't read that it has to wait", c.method, c.path)
		}
		if a := h.ask(t, "GET", "/healthz", "", header...); a.status != http.StatusOK {
			t.Errorf("the process's life is not told: %d", a.status)
		}
	}
}

func TestRatesOff(t *testing.T) {
	h := openHouse(t, noRates)
	for range 600 {
		if a := h.ask(t, "POST", challenges, `{"purpose":"prove"}`); a.status != http.StatusOK {
			t.Fatalf("limited though switched off: %d", a.status)
		}
	}
}

// Whose word is believed about where a call comes from, seen by what a device's record
// says of it.
func TestForwardedAddresses(t *testing.T) {
	address := func(h *house, t *testing.T, forwarded ...string) string {
		p := h.newPhone(t, "alice")
		a := h.ask(t, "POST", "/v1/apps/bank/devices", `{"proof":"`+p.enrolment(t)+`"}`,
			append(forwarded, "Authorization", "Bearer "+h.ticket(t, "alice", ""))...)
		_, rest, _ := strings.Cut(a.body, `"ipAddress":"`)
		got, _, _ := strings.Cut(rest, `"`)
		return got
	}
	trusting := openHouse(t, behindProxy, noRates, func(c *server.Config) {
		c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix("10.0.0.0/8"))
	})
	for forwarded, want := range map[string]string{
		"203.0.113.7":                          "203.0.113.7",
		"198.51.100.1, 203.0.113.7":            "203.0.113.7", // what stands left anyone may have written
		"198.51.100.1, 203.0.113.7, 10.1.2.3":  "203.0.113.7", // a second proxy of ours
		"203.0.113.7:4711":                     "203.0.113.7",
		"[2001:db8::7]:4711":                   "2001:db8::7",
		"::ffff:203.0.113.7":                   "203.0.113.7",
		"nonsense":                             "127.0.0.1",
		"203.0.113.7, nonsense":                "127.0.0.1",
		"10.9.9.9":                             "10.9.9.9",
		"203.0.113.7, 198.51.100.9, 127.0.0.1": "198.51.100.9",
	} {
		if got := address(trusting, t, "X-Forwarded-For", forwarded); got != want {
			t.Errorf("X-Forwarded-For: %s is taken for %q, want %q", forwarded, got, want)
		}
	}

	wary := openHouse(t, noRates)
	for range 5 {
		if got := address(wary, t, "X-Forwarded-For", "203.0.113.7"); got != "127.0.0.1" {
			t.Errorf("an untrusted peer is believed: %q", got)
		}
	}
	if n := strings.Count(wary.log.String(), "not among the trusted proxies"); n != 1 {
		t.Errorf("%d warnings of five such requests, want one", n)
	}
}
