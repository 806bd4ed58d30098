package registry_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// counted hears of what the service counts.
type counted struct {
	mu      sync.Mutex
	decided map[symbolon.Recommendation]int
	sealed  int
	lag     time.Duration
}

func (c *counted) Decided(r symbolon.Recommendation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.decided[r]++
}

func (c *counted) Sealed(r symbolon.SealReport) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed, c.lag = c.sealed+r.Sealed, r.Lag
}

// running is a world whose service runs, in a bubble of its own time. The story asks with
// w.Context(): the test's own context is from outside the bubble.
func running(t *testing.T, story func(w *world, heard *counted), wrap ...func(symbolon.Store) symbolon.Store) {
	path := filepath.Join(t.TempDir(), "symbolon.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{tb: t, now: symbolon.Micro(time.Now()), store: store, keys: map[string]string{}}
		for _, f := range wrap {
			w.store = f(w.store)
		}
		heard := &counted{decided: map[symbolon.Recommendation]int{}}
		w.reg, err = registry.New(registry.Config{Store: w.store, Secrets: [][]byte{secret}, PublicURL: issuer, AdminKey: adminKey, Metrics: heard})
		w.ok(err)
		made, err := w.reg.CreateApp(t.Context(), w.root(), symbolon.NewApp{ID: bank, Name: "Bank"})
		w.ok(err)
		w.keys[string(bank)] = made.Credential.Key
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.reg.Run(ctx) }()
		story(w, heard)
		stop()
		w.ok(<-ended)
		w.ok(store.Close())
	})
}

// wait lets the bubble's time go by, and what is due in it happen.
func (w *world) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	w.now = symbolon.Micro(time.Now())
}

func TestTheLogIsSealedWithinASecond(t *testing.T) {
	running(t, func(w *world, heard *counted) {
		phone := w.registered(ada)
		w.saw("signed in", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
		if phone.stored().UsageCount != 0 {
			t.Error("folded before it was sealed")
		}
		w.wait(time.Second)
		page, err := w.reg.ListEvents(w.Context(), w.backend(bank), bank, "", 0)
		w.ok(err)
		if len(page.Items) != 4 || heard.sealed != 4 || heard.lag != 0 || heard.decided[symbolon.RecommendAllow] != 1 {
			t.Errorf("%d events; heard of %d, a lag of %v, and of %v", len(page.Items), heard.sealed, heard.lag, heard.decided)
		}
		if d := phone.stored(); d.UsageCount != 1 || d.LastUsedAt == nil {
			t.Errorf("folded: %+v", d)
		}
	})
}

func TestTheSweepComesByItself(t *testing.T) {
	running(t, func(w *world, _ *counted) {
		phone := w.registered(ada)
		until := w.now.Add(30 * time.Second)
		w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
		w.wait(2 * time.Minute)
		if d := phone.stored(); d.Status != symbolon.StatusActive {
			t.Errorf("two minutes later: %s", d.Status)
		}
	})
}

// A store that fails now and then does not end the work.
func TestWorkThatFailedIsTriedAgain(t *testing.T) {
	failures := 3
	running(t, func(w *world, heard *counted) {
		w.registered(ada)
		w.wait(5 * time.Second)
		if failures != 0 || heard.sealed == 0 {
			t.Errorf("%d failures left, %d sealed", failures, heard.sealed)
		}
	}, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if method == "Seal" && failures > 0 {
				failures--
				return symbolon.ErrUnavailable
			}
			return nil
		}}
	})
}

// Ending finishes the step that has begun, and begins no other.
func TestShutdownFinishesWhatItBeganAndNoMore(t *testing.T) {
	var order []string
	begun, end := make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	w := newWorld(t, func(s symbolon.Store) symbolon.Store { return &slow{Store: s, begun: begun, end: end, order: &order} })
	done := make(chan error)
	go func() { done <- w.reg.Run(ctx) }()
	<-begun
	stop()
	order = append(order, "stopped")
	close(end)
	w.ok(<-done)
	if want := []string{"begun", "stopped", "finished"}; !slices.Equal(order, want) {
		t.Errorf("in this order: %v; want %v", order, want)
	}
}

// slow seals for as long as the story wants, and always says that there is more.
type slow struct {
	symbolon.Store
	begun, end chan struct{}
	order      *[]string
}

func (s *slow) Seal(ctx context.Context, _ time.Time, _ int) (symbolon.SealReport, error) {
	*s.order = append(*s.order, "begun")
	close(s.begun)
	<-s.end
	if err := ctx.Err(); err != nil {
		return symbolon.SealReport{}, err
	}
	*s.order = append(*s.order, "finished")
	return symbolon.SealReport{More: true}, nil
}

// Retention cuts addresses and prunes events, in bounded steps, and the chain still holds.
func TestRetention(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	w.policy(bank, `{"retention":{"ip":"P7D","events":"P30D"}}`)
	phone := w.registered(ada)
	signIn := func() {
		w.pass(time.Second)
		w.decision(phone.ask(phone.prove(), func(r *symbolon.DecisionRequest) { r.Context.IPAddress = "203.0.113.77" }))
	}
	addresses := func() (all []string) {
		for _, e := range w.events(bank, phone.id) {
			if e.IPAddress != "" {
				all = append(all, e.IPAddress)
			}
		}
		return append(all, phone.stored().IPAddress)
	}
	verify := func() symbolon.ChainReport {
		report, err := w.reg.VerifyLog(t.Context(), w.holder(bank, symbolon.RoleViewer), bank)
		w.ok(err)
		return report
	}
	for range 250 { // more than one step
		signIn()
	}
	w.seal()
	w.pass(8 * symbolon.Day)
	w.ok(w.reg.Sweep(t.Context(), w.now))
	for _, ip := range addresses() {
		if ip != "203.0.113.0" {
			t.Fatalf("after eight days an address is %q", ip)
		}
	}
	whole := verify()
	signIn()
	w.seal()
	w.pass(25 * symbolon.Day)
	heard.take()
	w.ok(w.reg.Sweep(t.Context(), w.now))
	if calls := strings.Join(heard.take(), " "); !strings.Contains(calls, "PruneSpends") || !strings.Contains(calls, "PruneAnswers") {
		t.Errorf("the sweep: %s", calls)
	}
	pruned := verify()
	if whole.Checkpoint != nil || pruned.Checkpoint == nil || pruned.Events >= whole.Events || pruned.Seq <= whole.Seq {
		t.Errorf("whole: %+v; pruned: %+v", whole, pruned)
	}
	if left := w.events(bank, phone.id); len(left) != 1 {
		t.Errorf("%d events are left", len(left))
	}
	w.saw("the device", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

func TestALogThatWasChangedDoesNotVerify(t *testing.T) {
	w := newWorld(t, func(s symbolon.Store) symbolon.Store { return &forger{Store: s} })
	w.trusted(ada)
	w.seal()
	forged := w.store.(*forger)
	if report, err := w.reg.VerifyLog(t.Context(), w.root(), bank); err != nil || report.Events == 0 {
		t.Errorf("as it was written: %+v, %v", report, err)
	}
	forged.on = true
	if _, err := w.reg.VerifyLog(t.Context(), w.root(), bank); !errors.Is(err, symbolon.ErrChainBroken) {
		t.Errorf("with one event changed: %v", err)
	}
}

// forger shows the third event as done by somebody else.
type forger struct {
	symbolon.Store
	on bool
}

func (f *forger) ListEvents(ctx context.Context, app symbolon.AppID, after int64, limit int) ([]symbolon.Event, error) {
	events, err := f.Store.ListEvents(ctx, app, after, limit)
	if f.on && len(events) > 2 {
		events[2].Actor.ID = "mallory"
	}
	return events, err
}

// One app that can't be swept keeps no other from being.
func TestASweepGoesOnAfterAFault(t *testing.T) {
	failing := false
	w := newWorld(t, func(s symbolon.Store) symbolon.Store { return &sweeper{Store: s, failing: &failing} })
	w.policy(shop, `{"retention":{"events":"P1D"}}`)
	w.seal()
	w.pass(3 * symbolon.Day)
	failing = true
	if err := w.reg.Sweep(t.Context(), w.now); !errors.Is(err, symbolon.ErrUnavailable) {
		t.Errorf("the sweep: %v", err)
	}
	if report, err := w.reg.VerifyLog(t.Context(), w.root(), shop); err != nil || report.Checkpoint == nil {
		t.Errorf("the shop, after the bank: %+v, %v", report, err)
	}
}

type sweeper struct {
	symbolon.Store
	failing *bool
}

func (s *sweeper) CutAddresses(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (int, error) {
	if *s.failing && app == bank {
		return 0, symbolon.ErrUnavailable
	}
	return s.Store.CutAddresses(ctx, app, before, limit)
}

// Between its steps the sweep rests for as long as they took, so that decisions get on.
func TestTheSweepLeavesTheStoreAloneHalfOfTheTime(t *testing.T) {
	const step, full = time.Second, 3
	left := full
	running(t, func(w *world, _ *counted) {
		w.policy(bank, `{"retention":{"ip":"P1D"}}`)
		began := time.Now()
		w.ok(w.reg.Sweep(w.Context(), w.now))
		if took := time.Since(began); took < 2*(full+1)*step {
			t.Errorf("%d steps of %v took %v", full+1, step, took)
		}
	}, func(s symbolon.Store) symbolon.Store {
		return &cutter{s, func(limit int) int {
			time.Sleep(step)
			if left == 0 {
				return 0
			}
			left--
			return limit
		}}
	})
}

// cutter cuts as many addresses as the story says.
type cutter struct {
	symbolon.Store
	cut func(limit int) int
}

func (c *cutter) CutAddresses(_ context.Context, _ symbolon.AppID, _ time.Time, limit int) (int, error) {
	return c.cut(limit), nil
}
