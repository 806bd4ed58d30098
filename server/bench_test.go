package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// What HTTP adds to the hot calls: each through the server, without a network, and by the
// registry alone. The decision has no proof, so that neither signatures nor writes hide it.
func BenchmarkHotCalls(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "symbolon.db")})
	must(b, err)
	defer store.Close()
	r, err := registry.New(registry.Config{Store: store, Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, PublicURL: "https://symbolon.example", AdminKey: adminKey})
	must(b, err)
	admin := symbolon.Caller{Kind: symbolon.CallerAdmin, Role: symbolon.RoleAdmin, At: symbolon.Micro(time.Now())}
	made, err := r.CreateApp(b.Context(), admin, symbolon.NewApp{ID: "bank", Name: "Bank"})
	must(b, err)
	s := server.New(server.Config{Registry: r, Limits: server.Limits{PublicRate: -1}})
	caller, err := r.Authenticate(b.Context(), registry.Bearer{AppID: "bank", Token: made.Credential.Key, At: time.Now()})
	must(b, err)

	through := func(path, body string) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer "+made.Credential.Key)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, req)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		}
	}
	b.Run("challenge/http", through("/v1/apps/bank/challenges", `{"purpose":"prove"}`))
	b.Run("challenge/registry", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			caller.At = symbolon.Micro(time.Now())
			if _, err := r.NewChallenge(b.Context(), caller, "bank", symbolon.ChallengeRequest{Purpose: "prove"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decision/http", through("/v1/apps/bank/decisions", `{"userId":"alice","action":"login","context":{"ipAddress":"203.0.113.7","userAgent":"Mozilla/5.0"}}`))
	b.Run("decision/registry", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			caller.At = symbolon.Micro(time.Now())
			_, err := r.Decide(b.Context(), caller, "bank", symbolon.DecisionRequest{
				UserID: "alice", Action: "login", Context: symbolon.ClientContext{IPAddress: "203.0.113.7", UserAgent: "Mozilla/5.0"},
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
