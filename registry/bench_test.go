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
