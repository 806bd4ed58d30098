package middleware_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client/middleware"
)

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// What does not count, and what the engineer reads of it.
func TestTokensThatDoNotCount(t *testing.T) {
	i := newIssuer(t)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: clockAt(noon).now}, middleware.Requirement{})
	key, good := i.key(), i.token(t, nil)
	a.want("a good token", a.with(good), http.StatusOK, "")
	public := key.private.Public().(ed25519.PublicKey)
	jwk, err := json.Marshal(jose.JSONWebKey{Key: public})
	if err != nil {
		t.Fatal(err)
	}
	_, strangers, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := i.claims(nil)
	body, err := json.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Split(good, ".")
	with := func(other claims) string { return i.token(t, other) }
	for _, row := range []struct{ what, token, reason string }{
		{"no JWT", "let me in", "no JWT"},
		{"unsecured", encode(`{"alg":"none","typ":"device+jwt","kid":"`+key.id+`"}`) + "." + encode(string(body)) + ".", "no JWT"},
		{"unsecured, with a signature", encode(`{"alg":"none","typ":"device+jwt","kid":"`+key.id+`"}`) + "." + part[1] + "." + part[2], "no JWT"},
		{"HMAC with the public key's bytes", sign(t, pen{jose.HS256, []byte(public), "device+jwt", key.id}, own), "no JWT"},
		{"HMAC with the public key's JWK", sign(t, pen{jose.HS256, jwk, "device+jwt", key.id}, own), "no JWT"},
		{"ES256 under the kid of an EdDSA key", sign(t, pen{jose.ES256, p256, "device+jwt", key.id}, own), "signature"},
		{"by another key under the same kid", sign(t, pen{jose.EdDSA, strangers, "device+jwt", key.id}, own), "signature"},
		{"by a key that nobody published", sign(t, pen{jose.EdDSA, strangers, "device+jwt", "mine"}, own), "no key"},
		{"without a kid", sign(t, pen{jose.EdDSA, key.private, "device+jwt", ""}, own), "no key"},
		{"a ticket", sign(t, pen{jose.EdDSA, key.private, "symbolon-ticket+jwt", key.id}, own), "typ"},
		{"no typ", sign(t, pen{jose.EdDSA, key.private, "", key.id}, own), "typ"},
		{"claims of another", part[0] + "." + encode(strings.Replace(string(body), "alice", "mallory", 1)) + "." + part[2], "signature"},
		{"a header that was changed", encode(`{"alg":"EdDSA","kid":"`+key.id+`","typ":"device+jwt","x":1}`) + "." + part[1] + "." + part[2], "signature"},
		{"cut short", good[:len(good)-8], "signature"},
		{"longer than any", good + strings.Repeat("A", 8192), "too long"},
		{"two in one header", good + "," + good, "no JWT"},
		{"of another issuer", with(claims{"iss": "https://other.example"}), "another issuer"},
		{"of the issuer, written otherwise", with(claims{"iss": i.URL + "/"}), "another issuer"},
		{"for another app", with(claims{"aud": "shop"}), "another app"},
		{"for no app", with(claims{"aud": nil}), "another app"},
		{"at its end", with(claims{"exp": noon.Unix()}), "expired"},
		{"without an end", with(claims{"exp": nil}), "expired"},
		{"of the future", with(claims{"iat": noon.Unix() + 31}), "future"},
		{"without a beginning", with(claims{"iat": nil}), "future"},
		{"not good yet", with(claims{"nbf": noon.Unix() + 31}), "not good yet"},
		{"of another user", with(claims{"sub": "mallory"}), "user"},
		{"of no user", with(claims{"sub": nil}), "all that"},
		{"of no device", with(claims{"device_id": nil}), "all that"},
		{"bound to no key", with(claims{"cnf": claims{}}), "all that"},
		{"without a score", with(claims{"risk": nil}), "all that"},
		{"without a recommendation", with(claims{"recommendation": nil}), "all that"},
	} {
		got := a.with(row.token)
		a.want(row.what, got, http.StatusUnauthorized, "invalid_token")
		if !strings.Contains(got.Detail, row.reason) {
			t.Errorf("%s: it says %q; want it to tell of %q", row.what, got.Detail, row.reason)
		}
	}
	a.want("for two apps", a.with(with(claims{"aud": []string{"shop", "bank"}})), http.StatusOK, "")
	a.want("issued by a clock that is a little fast", a.with(with(claims{"iat": noon.Unix() + 30})), http.StatusOK, "")
}

// What is required, and what a device meets.
func TestWhatMeetsARequirement(t *testing.T) {
	i := newIssuer(t)
	at := clockAt(noon)
	old := claims{"iat": noon.Add(-time.Minute).Unix()}
	for _, rule := range []struct {
		what   string
		want   middleware.Requirement
		device claims
		met    bool
	}{
		{"known: a known device", middleware.Requirement{}, claims{"trusted": false, "recommendation": "ALLOW"}, true},
		{"known: a trusted device", middleware.Requirement{}, nil, true},
		{"known: an odd device", middleware.Requirement{}, claims{"recommendation": "CHALLENGE"}, false},
		{"known: a refused device", middleware.Requirement{}, claims{"recommendation": "DENY"}, false},
		{"known: a word that is new", middleware.Requirement{}, claims{"recommendation": "PERHAPS"}, false},
		{"trusted: a known device", middleware.Requirement{Trusted: true}, claims{"trusted": false, "recommendation": "ALLOW"}, false},
		{"trusted: an odd device", middleware.Requirement{Trusted: true}, claims{"recommendation": "CHALLENGE"}, false},
		{"risk up to 7: 7", middleware.Requirement{MaxRisk: new(7)}, nil, true},
		{"risk up to 6: 7", middleware.Requirement{MaxRisk: new(6)}, nil, false},
		{"risk up to 0: 0", middleware.Requirement{MaxRisk: new(0)}, claims{"risk": 0}, true},
		{"risk up to 100: an odd device", middleware.Requirement{MaxRisk: new(100)}, claims{"recommendation": "CHALLENGE"}, false},
		{"shown within a minute: a minute ago", middleware.Requirement{MaxAge: time.Minute}, old, true},
		{"shown within 59 seconds: a minute ago", middleware.Requirement{MaxAge: 59 * time.Second}, old, false},
	} {
		a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, rule.want)
		if got := a.with(i.token(t, rule.device)); rule.met {
			a.want(rule.what, got, http.StatusOK, "")
		} else {
			a.want(rule.what, got, http.StatusUnauthorized, "insufficient_user_authentication")
		}
	}
}

func TestWhereTheTokenComes(t *testing.T) {
	i := newIssuer(t)
	cfg := middleware.Config{Issuer: i.URL, App: bank, Now: clockAt(noon).now, Header: "X-Symbolon-Token"}
	a := serve(t, cfg, middleware.Requirement{})
	token := i.token(t, nil)
	a.want("in the header that was set", a.ask("GET", "/", "X-Symbolon-Token", token), http.StatusOK, "")
	a.want("in the usual header", a.with(token), http.StatusUnauthorized, "insufficient_user_authentication")
	a.want("beside an empty one", a.ask("GET", "/", "X-Symbolon-Token", "", "X-Symbolon-Token", token), http.StatusOK, "")
	a.want("nowhere", a.ask("GET", "/", "X-Symbolon-Token", " "), http.StatusUnauthorized, "insufficient_user_authentication")
	a.want("as DPoP, which is off", a.ask("GET", "/", "Authorization", "DPoP "+token), http.StatusUnauthorized, "insufficient_user_authentication")
	a.want("beside an Authorization of the app's own", a.ask("GET", "/", "X-Symbolon-Token", token, "Authorization", "DPoP of.the.app"), http.StatusOK, "")
	twice := a.ask("GET", "/", "X-Symbolon-Token", token, "X-Symbolon-Token", token)
	if twice.status != http.StatusBadRequest || twice.Code != symbolon.ErrInvalidRequest {
		t.Errorf("two tokens: %d %s", twice.status, twice.Code)
	}

	nobody := a.ask("GET", "/", "X-User", "", "X-Symbolon-Token", token)
	a.want("of someone who is not signed in", nobody, http.StatusUnauthorized, "")
	if nobody.challenge != "Bearer" || nobody.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is challenged by %q and kept by %q", nobody.challenge, nobody.header.Get("Cache-Control"))
	}
}
