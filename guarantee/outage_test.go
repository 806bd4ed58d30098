package guarantee_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// outcomes counts how decisions of a trusted device ended.
type outcomes struct{ trusted, unavailable atomic.Int64 }

// load decides for a trusted device until ctx ends. Whatever happens to the database,
// there are two outcomes only.
func (o *outcomes) load(ctx context.Context, t *testing.T, app symbolontest.App, phone *symbolontest.Device) {
	for ctx.Err() == nil {
		p, err := phone.Prove(ctx, symbolontest.Statement{})
		var d symbolon.Decision
		if err == nil {
			d, err = app.Backend.Decide(ctx, symbolon.DecisionRequest{UserID: "alice", Proof: p})
		}
		switch {
		case errors.Is(err, context.Canceled):
		case isUnavailable(err):
			o.unavailable.Add(1)
		case err != nil:
			t.Errorf("a caller was told %v; want unavailable", err)
			return
		case d.Recommendation != symbolon.RecommendTrust:
			t.Errorf("a trusted device was told %s, %s; want TRUST or no decision", d.Recommendation, d.ProofResult)
			return
		default:
			o.trusted.Add(1)
		}
	}
}

// isUnavailable tells whether the service itself answered that it could not decide.
func isUnavailable(err error) bool {
	var answered *client.Error
	return errors.As(err, &answered) && answered.Status == http.StatusServiceUnavailable && errors.Is(err, symbolon.ErrUnavailable)
}

// more waits until the count has risen by some.
func more(t *testing.T, what string, count *atomic.Int64) {
	t.Helper()
	from := count.Load()
	eventually(t, what, func(context.Context) (bool, error) { return count.Load() >= from+20, nil })
}

func TestWithoutItsDatabaseNothingIsDecided(t *testing.T) {
	database := pgtest.Start(t)
	p := serve(t, place{database: database.Database(t)})
	app := p.NewApp(t)
	phone, stranger := trusted(t, app, "alice"), symbolontest.NewDevice(t, app, proof.ES256)
	stopped := registered(t, app, "bob")
	if _, err := app.Backend.BlockDevice(t.Context(), stopped.ID(), symbolon.BlockRequest{Reason: "lost"}); err != nil {
		t.Fatal(err)
	}
	ticket := app.Ticket(t, "alice")
	kept := []string{prove(t, phone), prove(t, stranger), prove(t, stopped)}

	var seen outcomes
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var load sync.WaitGroup
	for range 8 {
		load.Go(func() { seen.load(ctx, t, app, phone) })
	}
	more(t, "decisions are made", &seen.trusted)
	database.Stop(t)
	more(t, "callers are told that the service is unavailable", &seen.unavailable)

	// With the database surely gone: neither trusted nor known, nor unknown, nor blocked.
	before := seen.trusted.Load()
	for name, call := range map[string]func() error{
		"a trusted device":            func() error { return ask(t, app.Backend, "alice", kept[0]) },
		"a device that nobody knows":  func() error { return ask(t, app.Backend, "alice", kept[1]) },
		"a blocked device":            func() error { return ask(t, app.Backend, "bob", kept[2]) },
		"a trusted device, by itself": func() error { return ask(t, app.Device, "alice", kept[0]) },
		"a registration":              func() error { _, err := stranger.Register(t.Context(), ticket); return err },
		"a list of devices": func() error {
			_, err := app.Backend.ListUserDevices(t.Context(), "alice")
			return err
		},
		"a block": func() error {
			_, err := app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "x"})
			return err
		},
	} {
		if err := call(); !isUnavailable(err) {
			t.Errorf("%s: %v; want unavailable", name, err)
		}
	}
	more(t, "callers go on asking", &seen.unavailable)
	if n := seen.trusted.Load() - before; n > 0 {
		t.Errorf("%d decisions were made without a database", n)
	}
	wantStatus(t, p.Service.URL+"/healthz", http.StatusOK)
	wantStatus(t, p.Service.URL+"/readyz", http.StatusServiceUnavailable)

	// When it is back the service goes on by itself, as if nothing had been asked.
	database.Restart(t)
	more(t, "decisions are made again", &seen.trusted)
	end()
	load.Wait()
	wantStatus(t, p.Service.URL+"/readyz", http.StatusOK)
	if d := decide(t, app, "alice", kept[0]); d.Recommendation != symbolon.RecommendTrust {
		t.Errorf("the proof that was not decided on: %s, %s; want TRUST", d.Recommendation, d.ProofResult)
	}
	wantReplayed(t, decide(t, app, "alice", kept[0]))
	if d := decide(t, app, "bob", kept[2]); d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("the blocked device: %s; want DENY", d.Recommendation)
	}
}

func ask(t *testing.T, as *client.Client, user symbolon.UserID, compact string) error {
	_, err := as.Decide(t.Context(), symbolon.DecisionRequest{UserID: user, Proof: compact})
	return err
}

func wantStatus(t *testing.T, url string, want int) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != want {
		t.Errorf("GET %s: %d; want %d", url, resp.StatusCode, want)
	}
}
