package oidc_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
)

// byHand lets a handler answer without a network.
type byHand struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (b byHand) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Result(), nil
}

// Whatever a stranger sends is refused in words, or can't be told: it admits nobody.
func FuzzAStrangersTokenAdmitsNobody(f *testing.F) {
	const issuer = "https://id.example"
	k := newKey(&testing.T{}, jose.ES256, "1")
	provider := byHand{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == keySet {
			answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.public()}})
			return
		}
		answer(w, change{"issuer": issuer, "jwks_uri": issuer + keySet})
	})}
	claims, err := json.Marshal(change{"iss": issuer, "aud": "app", "sub": "ada", "iat": noon.Unix(), "exp": noon.Unix() + 60})
	if err != nil {
		f.Fatal(err)
	}
	for _, head := range []string{`{"alg":"none"}`, `{"alg":"ES256","kid":"1"}`, `{"alg":"E"}`, `{"alg":"RS256","jwk":{}}`, `{"alg":"ES256","typ":"at+jwt","crit":[]}`, `null`} {
		f.Add(head, string(claims), "AAAA")
	}
	listed := []symbolon.Issuer{{Issuer: issuer, Audiences: []string{"app"}, Algorithms: symbolon.IssuerAlgorithms}}
	o := oidc.New(oidc.Config{Client: &http.Client{Transport: provider}})
	f.Fuzz(func(t *testing.T, head, claims, signature string) {
		for _, token := range []string{encode(head) + "." + encode(claims) + "." + signature, head + claims + signature} {
			_, err := o.Open(t.Context(), symbolon.IssuerQuestion{App: "bank", Issuers: listed, Token: token, Now: noon})
			var own *symbolon.Error
			if !errors.As(err, &own) || own.Code != symbolon.ErrUnauthenticated && own.Code != symbolon.ErrUnavailable || own.Message == "" {
				t.Errorf("%q: %v", token, err)
			}
		}
	})
}
