package registry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// A rule asks for the code from one country, another one only watches.
func TestRulesMakeAnAnswerStricter(t *testing.T) {
	w := newWorld(t).mapped()
	w.policy(bank, `{"rules":[
		{"name":"not from Portugal","priority":10,"when":"request.country == 'PT'","recommend":"CHALLENGE","mode":"production"},
		{"name":"no Macs","priority":20,"when":"device.operatingSystem.startsWith('macOS')","recommend":"DENY","mode":"preview"}]}`)
	f := w.trustedLaptop()
	home := f.from(laptop)
	w.saw("at home", home, symbolon.RecommendTrust, symbolon.FactorSkip)
	if home.Rule != nil || len(home.Previews) != 1 || home.Previews[0].Name != "no Macs" || home.Previews[0].Recommend != symbolon.RecommendDeny {
		t.Errorf("at home by rule %v, previews %+v", home.Rule, home.Previews)
	}
	w.pass(symbolon.Day)
	away := f.from(laptop.at(lisbon))
	if away.Recommendation != symbolon.RecommendChallenge || away.SecondFactor != symbolon.FactorRequire || away.Rule == nil || *away.Rule != "not from Portugal" {
		t.Errorf("away: %s by %v", away.Recommendation, away.Rule)
	}
	var made symbolon.Decided
	events := w.events(bank, f.id)
	w.ok(json.Unmarshal(events[len(events)-1].Data, &made))
	if len(made.Rules) != 1 || made.Rules[0] != "not from Portugal" || len(made.Previews) != 1 {
		t.Errorf("recorded: %+v", made)
	}
	w.policy(bank, `{}`)
	w.pass(time.Hour)
	w.saw("without the rules", f.from(laptop.at(lisbon)), symbolon.RecommendTrust, symbolon.FactorSkip)
}

// This binary does not understand the rules that another one stored. Nobody is locked
// out, nobody skips the factor, and the operator is told once.
func TestRulesThatDoNotCompileAskEverybodyForTheFactor(t *testing.T) {
	w := newWorld(t)
	f := w.trusted(ada)
	w.ok(w.store.PutPolicy(t.Context(), symbolon.PolicyVersion{AppID: bank, Version: 1, At: w.now, By: "a later version", Document: json.RawMessage(
		`{"actions":{"login":{"require":"known"}},"rules":[{"name":"from the future","priority":1,"when":"moon.phase == 3","recommend":"DENY","mode":"production"}]}`)}))
	var told bytes.Buffer
	var err error
	w.reg, err = registry.New(registry.Config{
		Store: w.store, Secrets: [][]byte{secret}, PublicURL: issuer, AdminKey: adminKey, Log: slog.New(slog.NewTextHandler(&told, nil)),
	})
	w.ok(err)
	for range 3 {
		d := f.decide()
		if d.Recommendation != symbolon.RecommendChallenge || d.SecondFactor != symbolon.FactorRequire || d.Rule == nil || *d.Rule != registry.RulesDoNotCompile {
			t.Errorf("%s, %s, rule %v", d.Recommendation, d.SecondFactor, d.Rule)
		}
		w.pass(time.Minute) // longer than settings are remembered
	}
	w.registered(bob)
	if n := strings.Count(told.String(), "do not compile"); n != 1 {
		t.Errorf("told %d times: %s", n, told.String())
	}
}

// A backend's rules hold also where no proof came; a client whose proof is not good has none
// evaluated, so that neither an answer nor its time tells what they ask.
func TestRulesWithoutAProof(t *testing.T) {
	w := newWorld(t)
	heard := &counted{decided: map[symbolon.Recommendation]int{}}
	var err error
	w.reg, err = registry.New(registry.Config{Store: w.store, Secrets: [][]byte{secret}, PublicURL: issuer, AdminKey: adminKey, Metrics: heard})
	w.ok(err)
	w.policy(bank, `{"rules":[{"name":"not ada","priority":1,"when":"user.id == 'ada'","recommend":"DENY","mode":"production"}]}`)
	unknown := w.browser(ada)
	for _, compact := range []string{"", unknown.prove()} {
		req := symbolon.DecisionRequest{UserID: ada, Proof: compact}
		d := w.decision(w.reg.Decide(t.Context(), w.backend(bank), bank, req))
		if d.Recommendation != symbolon.RecommendDeny || d.Rule == nil {
			t.Errorf("to a backend: %s by %v", d.Recommendation, d.Rule)
		}
		w.decision(w.reg.Decide(t.Context(), w.client(bank), bank, req))
	}
	if heard.decided[symbolon.RecommendDeny] != 2 || heard.decided[symbolon.RecommendChallenge] != 2 {
		t.Errorf("decided: %v", heard.decided)
	}
}

// whenTold is a log that does something with each line.
type whenTold func()

func (f whenTold) Enabled(context.Context, slog.Level) bool  { return true }
func (f whenTold) Handle(context.Context, slog.Record) error { f(); return nil }
func (f whenTold) WithAttrs([]slog.Attr) slog.Handler        { return f }
func (f whenTold) WithGroup(string) slog.Handler             { return f }

// While the rules of one app compile, those of another are asked.
func TestOneAppsRulesKeepNoOtherWaiting(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.PutPolicy(t.Context(), symbolon.PolicyVersion{AppID: bank, Version: 1, At: w.now, By: "a later version", Document: json.RawMessage(
		`{"rules":[{"name":"from the future","priority":1,"when":"moon.phase == 3","recommend":"DENY","mode":"production"}]}`)}))
	w.policy(shop, `{"rules":[{"name":"closed","priority":1,"when":"true","recommend":"DENY","mode":"production"}]}`)
	answered := false
	log := whenTold(func() { // by the compilation of the bank's
		done := make(chan error, 1)
		go func() {
			_, err := w.reg.Decide(t.Context(), w.backend(shop), shop, symbolon.DecisionRequest{UserID: ada})
			done <- err
		}()
		select {
		case err := <-done:
			answered = err == nil
		case <-time.After(20 * time.Second):
		}
	})
	var err error
	w.reg, err = registry.New(registry.Config{Store: w.store, Secrets: [][]byte{secret}, PublicURL: issuer, AdminKey: adminKey, Log: slog.New(log)})
	w.ok(err)
	w.decision(w.reg.Decide(t.Context(), w.backend(bank), bank, symbolon.DecisionRequest{UserID: ada}))
	if !answered {
		t.Error("the shop waited for the bank")
	}
}
