package registry_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Decisions are counted in the hour in which they were made.
func TestDecisionsAreCounted(t *testing.T) {
	w := newWorld(t)
	browser := w.trusted(ada)
	w.pass(time.Hour)
	browser.decide()
	browser.decide()
	w.seal()
	count := func(edit func(*symbolon.TallyQuery)) (said string) {
		q := symbolon.TallyQuery{AppID: bank, Kind: symbolon.TallyRecommendation}
		edit(&q)
		list, err := w.reg.ListTallies(t.Context(), w.holder(bank, "", symbolon.ScopeEventsRead), q)
		w.ok(err)
		for _, c := range list.Items {
			said += fmt.Sprintf("%s %s:%d ", c.Hour.Format("15h"), c.Name, c.Count)
		}
		return said
	}
	for want, edit := range map[string]func(*symbolon.TallyQuery){
		"12h ALLOW:1 13h TRUST:2 ":  func(*symbolon.TallyQuery) {},
		"13h TRUST:2 ":              func(q *symbolon.TallyQuery) { q.From = noon.Add(90 * time.Minute) },
		"12h ALLOW:1 ":              func(q *symbolon.TallyQuery) { q.To = noon.Add(time.Hour) },
		"12h require:1 13h skip:2 ": func(q *symbolon.TallyQuery) { q.Kind = symbolon.TallySecondFactor },
	} {
		if got := count(edit); got != want {
			t.Errorf("counted %q; want %q", got, want)
		}
	}
}

func TestTalliesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for field, q := range map[string]symbolon.TallyQuery{
		"kind":         {Kind: "weather"},
		"from":         {From: noon, To: noon.Add(32 * symbolon.Day)},
		"to":           {From: noon, To: noon},
		"kind or from": {From: noon, To: noon.Add(2 * symbolon.Day)},
	} {
		q.AppID = bank
		_, err := w.reg.ListTallies(t.Context(), w.root(), q)
		w.refused(field, err, symbolon.ErrInvalidRequest)
	}
	for name, q := range map[string]symbolon.TallyQuery{
		"a month of one kind":     {Kind: symbolon.TallyEvent, From: noon, To: noon.Add(31 * symbolon.Day)},
		"the last day, all kinds": {From: w.now.Add(-symbolon.Day)},
	} {
		q.AppID = bank
		if _, err := w.reg.ListTallies(t.Context(), w.root(), q); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was counted is forgotten after four hundred days.
func TestTalliesEnd(t *testing.T) {
	w := newWorld(t)
	w.registered(ada)
	w.seal()
	left := func() int {
		list, err := w.store.ListTallies(t.Context(), symbolon.TallyQuery{AppID: bank, From: noon.Add(-time.Hour), To: noon.Add(time.Hour)})
		w.ok(err)
		return len(list)
	}
	w.pass(399 * symbolon.Day)
	w.ok(w.reg.Sweep(t.Context(), w.now))
	if left() == 0 {
		t.Error("after 399 days nothing is left")
	}
	w.pass(2 * symbolon.Day)
	w.ok(w.reg.Sweep(t.Context(), w.now))
	if n := left(); n != 0 {
		t.Errorf("after 401 days %d counts are left", n)
	}
}
