package registry_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// Explaining lists what was read, also what added nothing, to those who get it all.
func TestExplain(t *testing.T) {
	w := newWorld(t).mapped()
	f := w.trustedLaptop()
	explain := func(r *symbolon.DecisionRequest) { r.Explain = true }
	d := w.decision(f.ask(f.prove(), laptop.decision, explain))
	silent, speaking := 0, 0
	for _, s := range d.Signals {
		if s.Name == "" {
			t.Errorf("a signal without a name: %+v", s)
		}
		if s.Reason == "" {
			silent++
		}
	}
	d = w.decision(f.ask(f.prove(), stolen.decision, explain))
	for _, s := range d.Signals {
		if s.Reason != "" && s.Points > 0 {
			speaking++
		}
	}
	if silent < 10 || speaking < 2 {
		t.Errorf("%d signals that add nothing, %d that add something", silent, speaking)
	}
	if d := f.from(laptop); d.Signals != nil {
		t.Errorf("unasked: %+v", d.Signals)
	}
	unknown := w.browser(ada)
	if d := w.decision(unknown.ask(unknown.prove(), laptop.decision, explain)); len(d.Signals) == 0 {
		t.Error("nothing is explained of an unknown device")
	}
	admin := w.decision(w.reg.Decide(t.Context(), w.root(), bank, symbolon.DecisionRequest{UserID: ada, Proof: f.prove(), Explain: true}))
	if len(admin.Signals) == 0 {
		t.Error("nothing is explained to an admin")
	}
	_, err := w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{UserID: ada, Proof: f.prove(), Explain: true})
	w.refused("explaining to a client", err, symbolon.ErrForbidden)
}

// A backend reads how odd an unknown device is beside the user's own; a client gets one
// answer, after the same calls of the store.
func TestUnknownDevicesAreAssessedForBackendsOnly(t *testing.T) {
	l, wrap := spied()
	w := newWorld(t, wrap).mapped()
	f := w.trustedLaptop()
	unknown := w.browser(ada)
	near := w.decision(unknown.ask(unknown.prove(), laptop.decision))
	far := w.decision(unknown.ask(unknown.prove(), laptop.at(hidden).decision))
	for what, d := range map[string]symbolon.Decision{"near": near, "far": far} {
		if d.Recommendation == symbolon.RecommendAllow || d.Known || d.Device != nil || !because(d, symbolon.RiskUnknownDevice) {
			t.Errorf("%s: %+v", what, d)
		}
	}
	if near.Risk.Score >= far.Risk.Score || !because(far, symbolon.RiskNewCountry) {
		t.Errorf("at home %d, far away %d: %v", near.Risk.Score, far.Risk.Score, codesOf(far))
	}
	nobody := w.decision(w.reg.Decide(t.Context(), w.backend(bank), bank, symbolon.DecisionRequest{Proof: unknown.prove()}))
	if nobody.Risk.Score != 0 {
		t.Errorf("where the backend names no user: %+v", nobody.Risk)
	}
	var answers, calls []string
	for _, compact := range []string{
		unknown.prove(), // no such key
		unknown.prove(func(s *proof.Statement) { s.KeyID = string(f.kid) }), // a known key, forged
	} {
		client := w.client(bank)
		req := symbolon.DecisionRequest{UserID: ada, Proof: compact}
		laptop.at(hidden).decision(&req)
		l.take()
		answer, err := json.Marshal(w.decision(w.reg.Decide(context.Background(), client, bank, req)))
		w.ok(err)
		answers, calls = append(answers, string(answer)), append(calls, strings.Join(l.take(), " "))
	}
	if answers[0] != answers[1] || calls[0] != calls[1] || strings.Contains(calls[0], "ListUserDevices") {
		t.Errorf("answers %q after %q", answers, calls)
	}
}

// A token is for who verifies offline: below TRUST it says that nothing is trusted.
func TestATokenOfAnOddRequestIsNotTrusted(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"risk":{"distrustAt":101,"denyAt":101}}`)
	f := w.trustedLaptop()
	yes := true
	for _, row := range []struct {
		sight
		want bool
	}{{laptop, true}, {stolen, false}} {
		d := w.decision(f.ask(f.prove(), row.decision, func(r *symbolon.DecisionRequest) { r.Token = &yes }))
		claims, err := w.read(d.DeviceToken, w.now)
		w.ok(err)
		if claims.Trusted != row.want || claims.Risk != d.Risk.Score {
			t.Errorf("%s at %d: %+v", d.Recommendation, d.Risk.Score, claims)
		}
	}
}

// Of many blocked devices those that were blocked last count, and none whose block is over.
func TestTheLastBlockedDevicesCount(t *testing.T) {
	w := newWorld(t)
	thiefs := w.browser(ada)
	thiefs.register(stolen.registration)
	others := make([]*fake, symbolon.MaxBlocked)
	for i := range others {
		w.pass(time.Minute)
		others[i] = w.registered(ada)
	}
	for _, f := range others {
		w.pass(time.Minute)
		f.block()
	}
	until := w.now.Add(time.Hour)
	_, err := w.reg.BlockDevice(t.Context(), w.backend(bank), bank, thiefs.id, symbolon.BlockRequest{Reason: "stolen", Until: &until})
	w.ok(err)
	for _, want := range []bool{true, false} {
		unknown := w.browser(ada)
		if d := unknown.from(stolen); because(d, symbolon.RiskResemblesBlocked) != want {
			t.Errorf("resembles a blocked one: %v; want %v", codesOf(d), want)
		}
		w.pass(2 * time.Hour)
	}
}
