package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/symbolon-id/symbolon/server"
)

const portalPage = `<!doctype html><meta property="csp-nonce" nonce="symbolon-nonce"><script type="module" src="/admin/assets/index-abc.js" nonce="symbolon-nonce"></script>`

func withPortal(cfg *server.Config) {
	cfg.Portal = fstest.MapFS{
		"index.html":          {Data: []byte(portalPage)},
		"assets/index-abc.js": {Data: []byte("export {}")},
	}
}

var styleNonce = regexp.MustCompile(`style-src 'self' 'nonce-([A-Z0-9]{26})';`)

func TestThePortalsPageHasANonceOfItsOwnEachTime(t *testing.T) {
	h := openHouse(t, withPortal)
	seen := map[string]bool{}
	for range 3 {
		a := h.ask(t, "GET", "/admin/", "").want(t, "the page", http.StatusOK)
		policy := a.header.Get("Content-Security-Policy")
		found := styleNonce.FindStringSubmatch(policy)
		if found == nil {
			t.Fatalf("the policy is %s", policy)
		}
		if seen[found[1]] {
			t.Errorf("the nonce %s was there before", found[1])
		}
		seen[found[1]] = true
		if want := strings.ReplaceAll(portalPage, "symbolon-nonce", found[1]); a.body != want {
			t.Errorf("the page is %s, want %s", a.body, want)
		}
		for _, needed := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			if !strings.Contains(policy, needed) {
				t.Errorf("the policy lacks %s: %s", needed, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("the policy is lax: %s", policy)
		}
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("the page may be kept: %q", got)
		}
	}
}

func TestThePortalRoutesByItself(t *testing.T) {
	h := openHouse(t, withPortal)
	for _, path := range []string{"/admin/", "/admin/setup", "/admin/apps/bank/users/auth0%7C1", "/admin/apps/bank/users/a%2Fb", "/admin/index.html"} {
		a := h.ask(t, "GET", path, "").want(t, path, http.StatusOK)
		if got := a.header.Get("Content-Type"); got != "text/html; charset=utf-8" || !strings.Contains(a.body, "/admin/assets/index-abc.js") {
			t.Errorf("%s is %s %s, not the page", path, got, a.body)
		}
	}
}

func TestThePortalsAssetsAreKeptAndOthersAreNotThere(t *testing.T) {
	h := openHouse(t, withPortal)
	a := h.ask(t, "GET", "/admin/assets/index-abc.js", "").want(t, "an asset", http.StatusOK)
	if got := a.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("an asset is kept by %q", got)
	}
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") {
		t.Errorf("an asset is %q", got)
	}
	for _, path := range []string{"/admin/assets/index-old.js", "/admin/assets/", "/admin/assets/../assets/none.js"} {
		a := h.ask(t, "GET", path, "").want(t, path, http.StatusNotFound)
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("that %s is not there is kept by %q", path, got)
		}
	}
}

func TestAServiceWithoutAPortalHasNoPageForIt(t *testing.T) {
	openHouse(t).ask(t, "GET", "/admin/", "").want(t, "no portal", http.StatusNotFound)
}
