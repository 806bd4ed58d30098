package registry_test

import (
	"bytes"
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
