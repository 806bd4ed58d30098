package registry_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// meanwhile lets something happen between the read and the write of the next decision.
type meanwhile struct{ do func() }

func (m *meanwhile) wrap(s symbolon.Store) symbolon.Store {
	return &late{Store: s, after: func(method string) {
		if do := m.do; do != nil && method == "GetIdentity" {
			m.do = nil
			do()
		}
	}}
}

// Whatever changes while a decision is made, the decision is made anew: a block counts
// against the one that is in flight.
func TestADecisionInFlightSeesWhatChanged(t *testing.T) {
	for what, row := range map[string]struct {
		change func(*fake)
		want   symbolon.Recommendation
		proof  symbolon.ProofResult
	}{
		"blocked":          {func(f *fake) { f.block() }, symbolon.RecommendDeny, symbolon.ProofValid},
		"deactivated":      {func(f *fake) { f.revoke(symbolon.CauseUserDeactivated) }, symbolon.RecommendDeny, symbolon.ProofValid},
		"deactivated only": {deactivateOnly, symbolon.RecommendDeny, symbolon.ProofValid},
		"distrusted":       {func(f *fake) { f.revoke(symbolon.CauseSignOutEverywhere) }, symbolon.RecommendAllow, symbolon.ProofValid},
		"rotated": {func(f *fake) {
			old := f.pair
			f.w.device(f.rotate(f.w.newPair(proof.ES256)))
			f.pair = old
		}, symbolon.RecommendDeny, symbolon.ProofInvalid},
		"removed": {func(f *fake) { f.w.ok(f.w.reg.RemoveDevice(f.w.Context(), f.w.root(), bank, f.id)) }, symbolon.RecommendChallenge, symbolon.ProofUnknownKey},
		"erased": {func(f *fake) {
			_, err := f.w.reg.EraseUser(f.w.Context(), f.w.root(), bank, ada)
			f.w.ok(err)
		}, symbolon.RecommendChallenge, symbolon.ProofUnknownKey},
		"renamed": {func(f *fake) { f.w.patch(f.w.backend(bank), f.id, `{"a":1}`, "") }, symbolon.RecommendTrust, symbolon.ProofValid},
	} {
		for _, agent := range []string{"", updated.agent} { // with nothing new of the device, and with something
			t.Run(what+" "+agent[:min(7, len(agent))], func(t *testing.T) {
				var m meanwhile
				w := newWorld(t, m.wrap)
				phone := w.trusted(ada)
				m.do = func() { row.change(phone) }
				d := w.decision(phone.ask(phone.prove(), func(r *symbolon.DecisionRequest) { r.Context.UserAgent = agent }))
				if m.do != nil {
					t.Fatal("nothing happened meanwhile")
				}
				if d.Recommendation != row.want || d.ProofResult != row.proof {
					t.Errorf("%s, %s; want %s, %s", d.Recommendation, d.ProofResult, row.want, row.proof)
				}
			})
		}
	}
}

// deactivateOnly leaves the devices as they are.
func deactivateOnly(f *fake) {
	f.w.policy(bank, `{"revocation":{"user_deactivated":"keep"}}`)
	f.revoke(symbolon.CauseUserDeactivated)
}

// The same proof, decided twice at once: the second to write is a replay.
func TestADecisionInFlightIsNotMadeTwice(t *testing.T) {
	var m meanwhile
	w := newWorld(t, m.wrap)
	phone := w.trusted(ada)
	compact := phone.prove()
	m.do = func() {
		w.saw("the first", w.decision(phone.ask(compact)), symbolon.RecommendTrust, symbolon.FactorSkip)
	}
	if d := w.decision(phone.ask(compact)); d.ProofResult != symbolon.ProofReplayed || d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("the second: %s, %s", d.ProofResult, d.Recommendation)
	}
}

// A device that changes all the time is not decided about for ever.
func TestADecisionGivesUpWhereTheDeviceNeverRests(t *testing.T) {
	var w *world
	var phone *fake
	restless, n := false, 0
	w = newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &late{Store: s, after: func(string) {
			if restless {
				n++
				w.patch(w.backend(bank), phone.id, fmt.Sprintf(`{"n":%d}`, n), "")
			}
		}}
	})
	phone = w.registered(ada)
	compact := phone.prove()
	backend := w.backend(bank)
	restless = true
	_, err := w.reg.Decide(t.Context(), backend, bank, symbolon.DecisionRequest{UserID: ada, Proof: compact})
	w.refused("deciding", err, symbolon.ErrUnavailable)
	restless = false
	w.saw("when it rests, by the same proof", w.decision(phone.ask(compact)), symbolon.RecommendAllow, symbolon.FactorRequire)
}

// A block that lands between a self-service request's proof and its change stops it.
func TestSelfServiceInFlightSeesWhatChanged(t *testing.T) {
	for what, row := range map[string]struct {
		change func(*fake)
		code   symbolon.Code
	}{
		"blocked":          {func(f *fake) { f.block() }, symbolon.ErrDeviceBlocked},
		"password changed": {func(f *fake) { f.w.pass(time.Second); f.revoke(symbolon.CausePasswordChanged) }, symbolon.ErrUnauthenticated},
		"deactivated":      {func(f *fake) { deactivateOnly(f) }, symbolon.ErrUnauthenticated},
		"removed":          {func(f *fake) { f.w.ok(f.w.reg.RemoveDevice(f.w.Context(), f.w.root(), bank, f.id)) }, symbolon.ErrProofInvalid},
	} {
		t.Run(what, func(t *testing.T) {
			var w *world
			var phone *fake
			armed := false
			w = newWorld(t, func(s symbolon.Store) symbolon.Store {
				return &spy{s, func(method string) error {
					if armed && method == "Tx" { // the proof was decided on; the change begins
						armed = false
						row.change(phone)
					}
					return nil
				}}
			})
			phone = w.registered(ada)
			other := w.registered(ada)
			w.pass(2 * symbolon.Day)
			user, self := w.user(bank, ada), phone.self()
			armed = true
			_, err := w.reg.ReportLost(t.Context(), user, bank, other.id, self)
			w.refused("reporting another device lost", err, row.code)
			if other.stored().Status != symbolon.StatusActive {
				t.Error("it was done")
			}
			if what == "blocked" {
				_, err = w.reg.SignOutOthers(t.Context(), w.user(bank, ada), bank, phone.self())
				w.refused("signing out the others", err, symbolon.ErrDeviceBlocked)
			}
		})
	}
}
