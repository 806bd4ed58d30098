package registry_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// Every version stays, with who put it and when; an earlier one is restored by putting it.
func TestPolicyVersionsAreKept(t *testing.T) {
	w := newWorld(t)
	documents := []string{`{ "limits": {"devices": 3} }`, `{"limits":{"devices":5},"trust":{"duration":"P7D"}}`}
	admins := []symbolon.Caller{w.root(), w.holder(bank, symbolon.RoleAdmin)}
	var at []time.Time
	for i, doc := range documents {
		w.pass(time.Hour)
		admins[i].At = w.now
		at = append(at, w.now)
		_, err := w.reg.PutPolicy(t.Context(), admins[i], bank, []byte(doc), int64(i))
		w.ok(err)
	}
	viewer := w.holder(bank, symbolon.RoleViewer)
	page, err := w.reg.ListPolicyVersions(t.Context(), viewer, bank, "", 1)
	w.ok(err)
	rest, err := w.reg.ListPolicyVersions(t.Context(), viewer, bank, page.NextCursor, 1)
	w.ok(err)
	for i, got := range append(rest.Items, page.Items...) {
		want := symbolon.PolicyVersion{AppID: bank, Version: int64(i + 1), At: at[i], By: admins[i].Actor().String()}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("version %d: %v; want %v", i+1, got, want)
		}
	}
	if page.NextCursor == "" || rest.NextCursor != "" {
		t.Errorf("cursors %q and %q", page.NextCursor, rest.NextCursor)
	}

	first, err := w.reg.GetPolicyVersion(t.Context(), viewer, bank, "1")
	w.ok(err)
	if string(first.Document) != documents[0] {
		t.Errorf("the first version: %s", first.Document)
	}
	restored, err := w.reg.PutPolicy(t.Context(), w.root(), bank, first.Document, 2)
	w.ok(err)
	diff, err := w.reg.DiffPolicy(t.Context(), viewer, bank, "1", "")
	w.ok(err)
	if restored.Version != 3 || diff.To.Version != 3 || len(diff.Changes) != 0 {
		t.Errorf("restored: %+v", diff)
	}
}

func TestPolicyVersionsAreCompared(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":3}}`)
	w.policy(bank, `{"limits":{"devices":5},"risk":{"points":{"os_changed":10}}}`)
	for _, c := range []struct{ from, to, want string }{
		{"", "", `limits.devices:3>5 risk.points.os_changed:50>10 `},
		{"0", "1", `limits.devices:20>3 `},
		{"2", "1", `limits.devices:5>3 risk.points.os_changed:10>50 `},
		{"1", "1", ``},
		{"", "0", ``},
	} {
		diff, err := w.reg.DiffPolicy(t.Context(), w.root(), bank, c.from, c.to)
		w.ok(err)
		said := ""
		for _, change := range diff.Changes {
			said += fmt.Sprintf("%s:%s>%s ", change.Path, change.Before, change.After)
		}
		if said != c.want {
			t.Errorf("from %q to %q: %s; want %s", c.from, c.to, said, c.want)
		}
	}
	for _, bad := range []struct {
		from, to, field string
		code            symbolon.Code
	}{
		{"9", "", "from", symbolon.ErrNotFound},
		{"", "9", "to", symbolon.ErrNotFound},
		{"x", "", "from", symbolon.ErrInvalidRequest},
		{"-1", "", "from", symbolon.ErrInvalidRequest},
	} {
		_, err := w.reg.DiffPolicy(t.Context(), w.root(), bank, bad.from, bad.to)
		w.refused("from "+bad.from+" to "+bad.to, err, bad.code)
		var own *symbolon.Error
		if errors.As(err, &own) && own.Field != bad.field {
			t.Errorf("from %q to %q: the field named is %q", bad.from, bad.to, own.Field)
		}
	}
}

// A rule that does not compile is refused with its place, and the policy stays.
func TestRulesAreCheckedWhenSaved(t *testing.T) {
	w := newWorld(t)
	rule := func(when string) json.RawMessage {
		r := symbolon.Rule{Name: "r", Priority: 1, When: when, Recommend: symbolon.RecommendDeny, Mode: symbolon.RuleProduction}
		doc, err := json.Marshal(map[string]any{"rules": []symbolon.Rule{r}})
		w.ok(err)
		return doc
	}
	for _, when := range []string{"device.plattform == 'ios'", "risk.score >", "risk.score"} {
		_, err := w.reg.PutPolicy(t.Context(), w.root(), bank, rule(when), registry.AnyVersion)
		w.refused(when, err, symbolon.ErrInvalidRequest)
		var own *symbolon.Error
		if errors.As(err, &own) && own.Field != "rules[0].when" {
			t.Errorf("%s: the field named is %q", when, own.Field)
		}
		_, err = w.reg.SimulatePolicy(t.Context(), w.root(), bank, symbolon.SimulationRequest{Policy: rule(when), Days: 1}, nil)
		if errors.As(err, &own) && own.Field != "policy.rules[0].when" {
			t.Errorf("simulating %s: the field named is %q", when, own.Field)
		}
	}
	v, err := w.reg.GetPolicy(t.Context(), w.root(), bank, false)
	w.ok(err)
	if v.Version != 0 {
		t.Errorf("a rule that was refused made version %d", v.Version)
	}
}

// What held is counted by rule, for a week; of previews what they would have changed.
func TestRulesTellHowOftenTheyHeld(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"rules":[
		{"name":"no phones","priority":1,"when":"device.platform == 'android'","recommend":"DENY","mode":"production"},
		{"name":"logins","priority":2,"when":"action == 'login'","recommend":"ALLOW","mode":"production"},
		{"name":"stricter","priority":3,"when":"true","recommend":"CHALLENGE","mode":"preview"}]}`)
	browser := w.registered(ada)
	for range 3 {
		browser.decide()
	}
	w.seal()
	list, err := w.reg.ListRules(t.Context(), w.holder(bank, symbolon.RoleViewer), bank)
	w.ok(err)
	said := ""
	for _, r := range list.Items {
		said += fmt.Sprintf("%s:%d ", r.Name, r.Matches)
	}
	if said != "no phones:0 logins:3 stricter:3 " || list.Version != 1 {
		t.Errorf("version %d: %s", list.Version, said)
	}
	w.pass(8 * symbolon.Day)
	if list, err = w.reg.ListRules(t.Context(), w.root(), bank); err != nil || list.Items[1].Matches != 0 {
		t.Errorf("eight days later: %+v, %v", list, err)
	}
	if list, err = w.reg.ListRules(t.Context(), w.root(), shop); err != nil || len(list.Items) != 0 {
		t.Errorf("of an app without rules: %+v, %v", list, err)
	}
}
