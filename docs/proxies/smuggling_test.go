//go:build unix

package proxies_test

import (
	"net/http"
	"strings"
	"testing"
)

// A header that Connection names is not passed on (RFC 9110 §7.6.1); a proxy may refuse such a request.
const ofTheHop = "as a header of the hop"

// What a client says of itself in the proxy's words.
var smuggled = map[string][]string{
	"the header itself":           {"X-Symbolon-User: mallory"},
	"in small letters":            {"x-symbolon-user: mallory"},
	"with underscores":            {"X_Symbolon_User: mallory", "x_symbolon_trusted: true"},
	"with some underscores":       {"X-Symbolon_User: mallory", "X_Symbolon-Trusted: true"},
	"with dots":                   {"X.Symbolon.User: mallory", "X-Symbolon.Trusted: true"},
	"twice":                       {"X-Symbolon-User: alice", "X-Symbolon-User: mallory"},
	"empty and not":               {"X-Symbolon-User:", "X-Symbolon-User: mallory"},
	"all of them":                 {"X-Symbolon-User: mallory", "X-Symbolon-Device: mine", "X-Symbolon-Trusted: true", "X-Symbolon-Risk: 0", "X-Symbolon-Bound: true", "X-Symbolon-Token: mallory"},
	ofTheHop:                      {"Connection: keep-alive, X-Symbolon-User, X-Symbolon-Device", "X-Symbolon-User: mallory"},
	"another origin":              {"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "X-Forwarded-Uri: /mallory", "X-Forwarded-Method: mallory"},
	"another origin, in RFC 7239": {"Forwarded: for=192.0.2.1;host=evil.example;proto=http"},
	"another address":             {"X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2"},
}

func TestNothingThatIsSmuggledReachesTheApp(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		for what, header := range smuggled {
			a := b.send(t, request{target: "/", header: append(page, header...)})
			if what == ofTheHop && a.status == http.StatusBadRequest {
				continue
			}
			seen := a.seen(t)
			seen.has(t, "X-Symbolon-User", "")
			seen.has(t, "X-Symbolon-Device", string(device.ID()))
			seen.has(t, "X-Symbolon-Trusted", "false")
			if strings.Contains(a.body, "mallory") || strings.Contains(a.body, "evil") || strings.Contains(a.body, "192.0.2.") {
				t.Errorf("%s: the app was told %s", what, a.body)
			}
			for name := range seen.Header {
				plain := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
				if strings.HasPrefix(plain, "x-symbolon") && strings.ContainsAny(name, "_.") {
					t.Errorf("%s: the app was told %s", what, name)
				}
			}
		}
	})
}

// Who has no pass is no better off for what it says.
func TestWhatIsSmuggledOpensNothing(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		for what, header := range smuggled {
			a := s.browser(t).send(t, request{target: "/", header: append(page, header...)})
			if a.status != http.StatusFound && (what != ofTheHop || a.status != http.StatusBadRequest) {
				t.Errorf("%s: answered %d %s", what, a.status, a.body)
			}
			if to := a.header.Get("Location"); strings.Contains(to, "evil") || strings.Contains(to, "mallory") {
				t.Errorf("%s: is led to %s", what, to)
			}
		}
		if n := s.upstream.requests(); n != 0 {
			t.Errorf("%d requests reached the app", n)
		}
	})
}

func TestTheDeviceCheckBelievesTheProxyOnly(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		for what, header := range smuggled {
			a := s.browser(t).send(t, request{target: "/device-check?app=bank", header: append(page, header...)})
			if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%s: answered %d %s", what, a.status, a.body)
			}
		}
	})
}

func TestOnlyTheAppsOwnCookiesReachIt(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		pass, big := b.cookie(t), strings.Repeat("x", 6000)
		for sent, want := range map[string]string{
			pass:                           "",
			"a=1; " + pass:                 "a=1",
			pass + "; a=1":                 "a=1",
			"a=1; " + pass + "; b=2":       "a=1; b=2",
			`a="x y"; ` + pass + "; b==;c": `a="x y"; b==;c`,
			"symbolon=1; " + pass + "; x__Host-symbolon_bank=2": "symbolon=1; x__Host-symbolon_bank=2",
			"a=1; __Host-symbolon_shop=1; " + pass:              "a=1",
			"big=" + big + "; " + pass:                          "big=" + big,
		} {
			b.cookies = sent
			if got := b.open(t, "/").seen(t).value("Cookie"); got != want {
				t.Errorf("%q reached the app as %q; want %q", sent, got, want)
			}
		}
	})
}

// A neighbour under the same domain, or a page over http, can set cookies beside ours.
func TestACookieThatWasTossedInCountsForNothing(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		pass := b.cookie(t)
		name, value, _ := strings.Cut(pass, "=")
		for what, cookies := range map[string]string{
			"made up":            name + "=AAAA",
			"twice":              pass + "; " + pass,
			"beside a made-up":   name + "=AAAA; " + pass,
			"by the name of old": "symbolon_" + string(s.app.ID) + "=" + value,
			"cut short":          pass[:len(pass)-1],
		} {
			b.cookies = cookies
			if a := b.open(t, "/"); a.status != http.StatusFound {
				t.Errorf("%s: answered %d %s", what, a.status, a.body)
			}
		}
	})
}
