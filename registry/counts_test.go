package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// failures is what was counted of proofs that failed at the bank, this hour and before.
func (w *world) failures() string {
	w.Helper()
	list, err := w.reg.ListTallies(w.Context(), w.root(), symbolon.TallyQuery{AppID: bank, Kind: symbolon.TallyProof, From: w.now.Add(-symbolon.Day), To: w.now.Add(time.Hour)})
	w.ok(err)
	var said []string
	for _, n := range list.Items {
		said = append(said, fmt.Sprintf("%s %s:%d", n.Hour.Format("15h"), n.Name, n.Count))
	}
	return strings.Join(said, ", ")
}

// askAsClient sends a proof as the page of an app does.
func (f *fake) askAsClient(compact string) {
	f.w.Helper()
	f.w.decision(f.w.reg.Decide(f.w.Context(), f.w.client(f.app), f.app, symbolon.DecisionRequest{Proof: compact}))
}

func TestProofsThatFailAreCounted(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		w.settle(bank, bankSite)
		phone, stranger := w.registered(ada), w.browser(ada)
		spent, old := phone.prove(), phone.prove()
		w.decision(phone.ask(spent))
		w.decision(phone.ask(spent))
		phone.askAsClient(spent)
		w.decision(phone.ask(""))
		stranger.askAsClient(stranger.prove())
		wrong := &fake{pair: stranger.pair, w: w, app: bank, user: ada, kid: phone.kid}
		wrong.askAsClient(wrong.prove())
		_, err := w.reg.CheckDevice(w.Context(), w.client(bank), bank, bankSite, symbolon.DecisionRequest{
			Proof: wrong.prove(func(s *proof.Statement) { s.Action = "device_check" }),
		})
		w.ok(err)
		if got := w.failures(); got != "" {
			t.Errorf("written at once: %s", got)
		}
		w.pass(time.Hour)
		w.decision(phone.ask(old))
		w.ok(w.reg.FlushCounts(t.Context(), w.now))
		w.ok(w.reg.FlushCounts(t.Context(), w.now))
		want := "12h invalid:2, 12h missing:1, 12h replayed:2, 12h unknown_key:1, 13h expired:1"
		if got := w.failures(); got != want {
			t.Errorf("counted %s; want %s", got, want)
		}
		_, err = w.reg.Decide(w.Context(), w.client("none"), "none", symbolon.DecisionRequest{})
		w.refused("an app that is not there", err, symbolon.ErrNotFound)
	})
}

// Garbage costs no write of its own, and what can't be written is kept.
func TestCountsWaitForTheStore(t *testing.T) {
	heard, listening := spied()
	down := false
	w := newWorld(t, listening, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if down && method == "AddTallies" {
				return symbolon.ErrUnavailable
			}
			return nil
		}}
	})
	phone := w.registered(ada)
	heard.take()
	for range 5 {
		w.decision(phone.ask(""))
	}
	for _, method := range heard.take() {
		if writes(method) {
			t.Errorf("a request without a proof made the store %s", method)
		}
	}
	down = true
	if err := w.reg.FlushCounts(t.Context(), w.now); err == nil {
		t.Error("written to a store that is down")
	}
	w.decision(phone.ask(""))
	down = false
	w.ok(w.reg.FlushCounts(t.Context(), w.now))
	if got := w.failures(); got != "12h missing:6" {
		t.Errorf("counted %s", got)
	}
}

// By itself, within seconds, and once more as the service ends.
func TestCountsAreFlushedByThemselves(t *testing.T) {
	heard, spy := spied()
	running(t, func(w *world, _ *counted) {
		phone := w.registered(ada)
		w.decision(phone.ask(""))
		heard.take()
		w.wait(11 * time.Second)
		if !slices.Contains(heard.take(), "AddTallies") || !strings.HasSuffix(w.failures(), "missing:1") {
			t.Errorf("after eleven seconds: %q", w.failures())
		}
		w.decision(phone.ask(""))
		heard.take()
	}, spy)
	if !slices.Contains(heard.take(), "AddTallies") {
		t.Error("what was counted last is lost")
	}
}
