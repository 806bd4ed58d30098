package guarantee_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/symbolontest"
)

func TestABlockCountsOnTheNextRequestOnEveryReplica(t *testing.T) {
	at := place{database: pgtest.Database(t)}
	one := serve(t, at).NewApp(t)
	two := serve(t, at).App(one.ID, one.Key)
	phone := trusted(t, one, "alice")
	want := func(app symbolontest.App, recommended symbolon.Recommendation) {
		t.Helper()
		if d := decide(t, app, "alice", prove(t, phone.On(app))); d.Recommendation != recommended {
			t.Errorf("%s; want %s", d.Recommendation, recommended)
		}
	}
	for range 5 {
		if _, err := one.Backend.UnblockDevice(t.Context(), phone.ID(), symbolon.UnblockRequest{}); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.Trust(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(two, symbolon.RecommendTrust)
		if _, err := one.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "lost"}); err != nil {
			t.Fatal(err)
		}
		want(two, symbolon.RecommendDeny)
		want(one, symbolon.RecommendDeny)
		if _, err := two.Backend.UnblockDevice(t.Context(), phone.ID(), symbolon.UnblockRequest{}); err != nil {
			t.Fatal(err)
		}
		want(one, symbolon.RecommendAllow) // known, and no longer trusted
		want(two, symbolon.RecommendAllow)
	}
}

// TestNoDecisionThatBeginsAfterABlockIsMild lets many decide on both replicas while the
// device is blocked: whoever asks after the block was acknowledged is told DENY.
func TestNoDecisionThatBeginsAfterABlockIsMild(t *testing.T) {
	at := place{database: pgtest.Database(t)}
	one := serve(t, at).NewApp(t)
	two := serve(t, at).App(one.ID, one.Key)
	phone := trusted(t, one, "alice")

	const each = 30 // decisions of a caller; the block falls in between
	var blocked atomic.Bool
	var before sync.WaitGroup
	before.Add(8)
	var after atomic.Int64
	var callers sync.WaitGroup
	for i := range 8 {
		app := []symbolontest.App{one, two}[i%2]
		callers.Go(func() {
			for n := range each {
				if n == each/3 {
					before.Done()
				}
				p, err := phone.On(app).Prove(t.Context(), symbolontest.Statement{})
				if err != nil {
					t.Error(err)
					return
				}
				begunAfter := blocked.Load()
				d, err := app.Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: p})
				switch {
				case err != nil:
					t.Error(err)
				case begunAfter && d.Recommendation != symbolon.RecommendDeny:
					t.Errorf("a decision begun after the block said %s", d.Recommendation)
				case begunAfter:
					after.Add(1)
				}
			}
		})
	}
	before.Wait()
	if _, err := one.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "stolen"}); err != nil {
		t.Error(err)
	}
	blocked.Store(true)
	callers.Wait()
	if after.Load() == 0 {
		t.Error("no decision began after the block: the test showed nothing")
	}
}

// pausing stops a decision between its read and its write, where the test says so.
type pausing struct {
	symbolon.Store
	armed  *atomic.Bool
	read   chan struct{} // a decision has read its device
	resume chan struct{} // and may go on
}

func (p pausing) GetIdentity(ctx context.Context, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) (symbolon.Identity, error) {
	found, err := p.Store.GetIdentity(ctx, app, user, key)
	if p.armed.CompareAndSwap(true, false) {
		p.read <- struct{}{}
		<-p.resume
	}
	return found, err
}

func TestABlockCountsAgainstADecisionInFlight(t *testing.T) {
	onBoth(t, func(t *testing.T, at place) {
		pause := pausing{armed: &atomic.Bool{}, read: make(chan struct{}), resume: make(chan struct{})}
		service := symbolontest.Start(t, in(at), symbolontest.WrapStore(func(s symbolon.Store) symbolon.Store {
			pause.Store = s
			return pause
		}))
		app := service.NewApp(t)
		for name, seen := range map[string]symbolon.ClientContext{
			"which writes its event only":        {},
			"which writes what it saw anew, too": {UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", IPAddress: "192.0.2.7"},
		} {
			t.Run(name, func(t *testing.T) {
				user := symbolon.UserID(name)
				phone := trusted(t, app, user)
				p := prove(t, phone)
				pause.armed.Store(true)
				var decided symbolon.Decision
				var err error
				done := make(chan struct{})
				go func() {
					defer close(done)
					decided, err = app.Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: user, Proof: p, Context: seen})
				}()
				<-pause.read
				_, blockErr := app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "stolen"})
				pause.resume <- struct{}{}
				<-done
				if blockErr != nil || err != nil {
					t.Fatalf("the block: %v; the decision: %v", blockErr, err)
				}
				if decided.Recommendation != symbolon.RecommendDeny || decided.ProofResult != symbolon.ProofValid {
					t.Errorf("the decision that had read the device before the block said %s, %s; want DENY on a valid proof",
						decided.Recommendation, decided.ProofResult)
				}
			})
		}
	})
}

// in is the place, for a service within the test.
func in(at place) symbolontest.Option {
	if at.database != "" {
		return symbolontest.OnDatabase(at.database)
	}
	return symbolontest.InFolder(at.folder)
}
