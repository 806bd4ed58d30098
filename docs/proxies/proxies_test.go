//go:build unix

// Package proxies_test runs real proxies with the very files of this folder, before a real
// Symbolon and an app that tells what reached it.
package proxies_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// alike tells a story of every proxy that runs here.
func alike(t *testing.T, story func(*testing.T, *stand)) {
	t.Parallel()
	for _, p := range []proxy{nginx, caddy} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			story(t, build(t, p))
		})
	}
}

func TestABrowserThatIsNotKnownIsLedToTheDeviceCheck(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		const where = "/accounts?page=2&q=a%20b+c"
		a := b.open(t, where)
		if a.status != http.StatusFound {
			t.Fatalf("answered %d %s", a.status, a.body)
		}
		to, err := url.Parse(a.header.Get("Location"))
		must(t, err)
		if q := to.Query(); to.Host != "" || to.Path != "/device-check" || q.Get("app") != string(s.app.ID) || q.Get("require") != "known" || q.Get("return") != where {
			t.Errorf("is led to %s", to)
		}
		if page := b.open(t, to.String()); page.status != http.StatusOK || !strings.Contains(page.body, "/device-check/assets/check.js") {
			t.Errorf("the page is %d %s", page.status, page.body)
		}
		if script := b.open(t, "/device-check/assets/check.js"); script.status != http.StatusOK || !strings.Contains(script.header.Get("Content-Type"), "javascript") {
			t.Errorf("its script is %d %v", script.status, script.header)
		}
		if n := s.upstream.requests(); n != 0 {
			t.Errorf("%d requests reached the app", n)
		}
	})
}

func TestWhatIsNoBrowserIsToldWhatItLacks(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		for _, r := range []request{
			{method: "POST", target: "/transfer", header: page, body: "amount=1"},
			{method: "GET", target: "/api", header: []string{"Accept: application/json"}},
			{method: "GET", target: "/api", header: []string{"Accept: text/html", "Sec-Fetch-Mode: cors"}},
		} {
			a := b.send(t, r)
			if a.status != http.StatusUnauthorized || a.header.Get("Location") != "" {
				t.Errorf("%s %s: %d %v", r.method, r.target, a.status, a.header)
			}
			if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, "insufficient_user_authentication") || !strings.Contains(got, "urn:symbolon:known") {
				t.Errorf("%s %s: WWW-Authenticate is %q", r.method, r.target, got)
			}
			if !strings.Contains(a.body, `"unauthenticated"`) {
				t.Errorf("%s %s: %s", r.method, r.target, a.body)
			}
		}
		if n := s.upstream.requests(); n != 0 {
			t.Errorf("%d requests reached the app", n)
		}
	})
}

func TestAKnownDeviceComesThrough(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		a := b.open(t, "/accounts?page=2")
		seen := a.seen(t)
		if seen.Method != "GET" || seen.URI != "/accounts?page=2" {
			t.Errorf("the app was asked for %s %s", seen.Method, seen.URI)
		}
		seen.has(t, "X-Symbolon-Device", string(device.ID()))
		seen.has(t, "X-Symbolon-Trusted", "false")
		seen.has(t, "X-Symbolon-Bound", "false")
		seen.has(t, "X-Symbolon-User", "") // a device is no login
		if token := seen.value("X-Symbolon-Token"); strings.Count(token, ".") != 2 {
			t.Errorf("the device token is %q", token)
		}
		if risk := seen.value("X-Symbolon-Risk"); risk == "" {
			t.Error("the app is told no risk")
		}
		for name := range a.header {
			if strings.HasPrefix(name, "X-Symbolon") {
				t.Errorf("the browser is told %s", name)
			}
		}
	})
}

func TestWhoTheUserIsTakesAnAssertion(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		with := func(bearer string) answer {
			return b.send(t, request{target: "/", header: append(page, "Authorization: Bearer "+bearer)})
		}
		alices := with(s.app.Ticket(t, "alice")).seen(t)
		alices.has(t, "X-Symbolon-User", "alice")
		if alices.value("Authorization") == "" {
			t.Error("the app's own Authorization was kept from it")
		}
		with("a token of the app's own").seen(t).has(t, "X-Symbolon-User", "")
		if a := with(s.app.Ticket(t, "bob")); a.status != http.StatusFound {
			t.Errorf("on alice's device, bob's request is answered %d %s", a.status, a.body)
		}
	})
}

func TestABlockCountsAtTheNextRequest(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		b.open(t, "/").seen(t)
		_, err := s.app.Admin.BlockDevice(t.Context(), device.ID(), symbolon.BlockRequest{Reason: "stolen"})
		must(t, err)
		before := s.upstream.requests()
		for _, target := range []string{"/", "/accounts"} {
			if a := b.open(t, target); a.status != http.StatusForbidden {
				t.Errorf("%s: answered %d %s", target, a.status, a.body)
			}
		}
		if n := s.upstream.requests() - before; n != 0 {
			t.Errorf("%d requests of the blocked device reached the app", n)
		}
	})
}

// The page replaces a key that is too old by itself; the pass was another key's.
func TestAKeyIsReplacedAtTheCheck(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		_, err := device.Rotate(t.Context())
		must(t, err)
		if a := b.open(t, "/"); a.status != http.StatusFound {
			t.Errorf("a pass by the key of before is answered %d %s", a.status, a.body)
		}
		b.passesTheCheck(t, device, "alice")
		b.open(t, "/").seen(t).has(t, "X-Symbolon-Device", string(device.ID()))
	})
}

// What a location of nginx's file asks of devices stands in one line of it.
func TestWhatALocationAsks(t *testing.T) {
	const line = "set $symbolon_require known;"
	for what, story := range map[string]struct {
		instead string
		status  int
		to      string
	}{
		"forgotten":      {"if ($arg_never) { set $symbolon_require known; }", http.StatusServiceUnavailable, ""},
		"something else": {"set $symbolon_require everything;", http.StatusServiceUnavailable, ""},
		"little risk":    {"set $symbolon_require known&maxRisk=100;", http.StatusOK, ""},
		"trust":          {"set $symbolon_require trusted&maxAge=PT5M;", http.StatusFound, "/device-check?app=bank&require=trusted&return=%2F&reason=not_trusted"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			changed := nginx
			changed.changes = func(w where) map[string]string {
				all := nginx.changes(w)
				all[line] = story.instead
				return all
			}
			s := build(t, changed)
			b := s.browser(t)
			b.passesTheCheck(t, b.registers(t, "alice"), "alice")
			if a := b.open(t, "/"); a.status != story.status || a.header.Get("Location") != story.to {
				t.Errorf("answered %d to %q", a.status, a.header.Get("Location"))
			}
		})
	}
}

func TestTheReturnLeadsNowhereElse(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		for _, target := range []string{
			"//evil.example/", "/\\evil.example", "/a/../b", "/%2e%2e/b", "/a/%2E%2e%2fb", "/%5cevil.example", "/..", "/a/..;/b",
		} {
			a := s.browser(t).send(t, request{method: "GET", target: target, header: page})
			if a.status == http.StatusBadRequest {
				continue // the proxy knows better
			}
			to, err := url.Parse(a.header.Get("Location"))
			must(t, err)
			back, ok := to.Query()["return"]
			if a.status != http.StatusFound || to.Host != "" || to.Path != "/device-check" || !ok {
				t.Errorf("%s: answered %d, to %s", target, a.status, to)
				continue
			}
			if isUnsafe(back[0]) {
				t.Errorf("%s: leads back to %s", target, back[0])
			}
		}
	})
}

// isUnsafe holds a path against what browsers make of it.
func isUnsafe(path string) bool {
	steps := strings.NewReplacer("%2e", ".", "%2f", "/").Replace(strings.ToLower(path)) + "/"
	return !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) ||
		strings.Contains(steps, "/../") || strings.Contains(steps, "/./")
}
