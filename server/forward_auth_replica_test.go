package server_test

import (
	"net/http"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// A pass of one replica counts at another, and a block at one of them counts at the next
// question to the other.
func TestForwardAuthOnTwoReplicas(t *testing.T) {
	s := symbolontest.Start(t, symbolontest.OnDatabase(pgtest.Database(t)), symbolontest.TrustProxies("127.0.0.0/8"))
	made, err := s.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "bank", Name: "Bank", Origins: []string{origin}})
	must(t, err)
	first := &house{url: s.URL, app: made.App, backend: s.Admin.For("bank").As(made.Credential.Key)}
	second := &house{url: s.Replica(t).URL}

	p := first.newPhone(t, "alice")
	device := p.register(t)
	pass := p.pass(t, visit{})
	for range 10 {
		for _, replica := range []*house{first, second} {
			if got := replica.pass(t, visit{cookie: pass}).grants(t); got.device != string(device.ID) {
				t.Fatalf("active: %+v", got)
			}
		}
		_, err = first.backend.BlockDevice(t.Context(), device.ID, symbolon.BlockRequest{Reason: "test"})
		must(t, err)
		for _, replica := range []*house{first, second} {
			if a := replica.pass(t, visit{cookie: pass}); a.status != http.StatusForbidden {
				t.Fatalf("blocked: %d %s", a.status, a.body)
			}
		}
		_, err = first.backend.UnblockDevice(t.Context(), device.ID, symbolon.UnblockRequest{})
		must(t, err)
	}
}
