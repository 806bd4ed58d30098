package registry_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// What a decision costs in all: on a device about which nothing is new, and on no device,
// as a backend and as a client asks. The proofs are made beforehand.
func BenchmarkDecide(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "symbolon.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	w := &world{tb: b, now: symbolon.Micro(time.Now()), store: store, keys: map[string]string{}}
	w.serve(secret)
	made, err := w.reg.CreateApp(b.Context(), w.root(), symbolon.NewApp{ID: bank, Name: "Bank"})
	w.ok(err)
	w.keys[string(bank)] = made.Credential.Key
	known := w.browser(ada)
	known.register(laptop.registration)
	unknown := w.browser(ada)

	for name, row := range map[string]struct {
		f      *fake
		caller symbolon.Caller
	}{
		"known": {known, w.backend(bank)}, "unknown to a backend": {unknown, w.backend(bank)}, "unknown to a client": {unknown, w.client(bank)},
	} {
		b.Run(name, func(b *testing.B) {
			proofs := make([]string, b.N)
			for i := range proofs {
				proofs[i] = row.f.prove()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, compact := range proofs {
				req := symbolon.DecisionRequest{UserID: ada, Proof: compact}
				laptop.decision(&req)
				if _, err := w.reg.Decide(b.Context(), row.caller, bank, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a request at a proxy costs: on a pass whose token was made a moment ago, as nearly
// all are, with and without somebody's assertion, and on no pass.
func BenchmarkPass(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "symbolon.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	w := &world{tb: b, now: symbolon.Micro(time.Now()), store: store, keys: map[string]string{}}
	w.serve(secret)
	made, err := w.reg.CreateApp(b.Context(), w.root(), symbolon.NewApp{ID: bank, Name: "Bank", Origins: []string{bankSite}})
	w.ok(err)
	w.keys[string(bank)] = made.Credential.Key
	pass := w.trusted(ada).check().Pass
	elsewhere := &symbolon.Assertion{Issuer: "https://id.example", AppID: bank, UserID: ada, AuthTime: w.now}
	for _, row := range []struct {
		name string
		req  symbolon.PassageRequest
		want symbolon.Verdict
	}{
		{"device", symbolon.PassageRequest{Pass: pass}, symbolon.VerdictPass},
		{"device and user", symbolon.PassageRequest{Pass: pass, Assertion: elsewhere}, symbolon.VerdictPass},
		{"none", symbolon.PassageRequest{}, symbolon.VerdictCheck},
	} {
		row.req.Origin, row.req.Require, row.req.At = bankSite, symbolon.RequireTrusted, w.now
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p, err := w.reg.Pass(b.Context(), bank, row.req); err != nil || p.Verdict != row.want {
					b.Fatalf("%+v, %v", p, err)
				}
			}
		})
	}
}
