package middleware_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/symbolon-id/symbolon/client/middleware"
	"github.com/symbolon-id/symbolon/proof"
)

// What a token costs each request, and what a proof adds: two signatures, each verified.
func BenchmarkRequests(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	public, err := proof.NewPublicKey(key.Public(), "")
	if err != nil {
		b.Fatal(err)
	}
	i := newIssuer(b)
	cfg := good()
	cfg.Issuer, cfg.Now, cfg.PublicURL, cfg.DPoP = i.URL, clockAt(noon).now, publicURL, middleware.DPoPOptional
	cfg.Replays = middleware.NewReplayMemory(1 << 24)
	m, err := middleware.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	handler := m.Require(middleware.Requirement{})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	token := i.token(b, claims{"cnf": claims{"jkt": public.Thumbprint()}})
	nonce := ""
	request := func() *http.Request {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
		r.Header.Set(middleware.DefaultHeader, token)
		return r
	}
	serve := func(r *http.Request, want int) {
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != want {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
		nonce = w.Header().Get("DPoP-Nonce")
	}
	b.Run("token", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			serve(request(), http.StatusOK)
		}
	})
	b.Run("token and proof", func(b *testing.B) {
		b.ReportAllocs()
		bare := request()
		bare.Header.Set("DPoP", "x")
		serve(bare, http.StatusUnauthorized)
		said := proof.DPoP{JWK: public, Method: http.MethodGet, URL: publicURL, Nonce: nonce, IssuedAt: noon}
		for b.Loop() {
			b.StopTimer()
			said.ID = rand.Text()
			text, err := proof.SignDPoP(key, said, token)
			if err != nil {
				b.Fatal(err)
			}
			r := request()
			r.Header.Set("DPoP", text)
			b.StartTimer()
			serve(r, http.StatusOK)
		}
	})
}
