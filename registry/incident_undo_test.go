package registry_test

import (
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// What an incident blocked comes back, each to the state that it was in and without its
// trust; what somebody else wanted blocked, before or since, stays.
func TestAnIncidentIsUndone(t *testing.T) {
	w := newWorld(t)
	device, before, passing, again, harder := w.trusted(ada), w.registered(ada), w.registered(ada), w.registered(bob), w.registered(bob)
	before.block()
	until := w.now.Add(symbolon.Day)
	w.device(passing.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	pending := w.registered(ada)

	blocked := w.done(w.begin(webIncident(symbolon.IncidentBlock)).ID)
	w.device(w.reg.UnblockDevice(t.Context(), w.backend(bank), bank, again.id, symbolon.UnblockRequest{}))
	again.block()
	harder.block()
	if b := device.stored().Block; b.Incident != blocked.ID {
		t.Errorf("the block of the device says incident %q, want %q", b.Incident, blocked.ID)
	}

	undo, err := w.undo(blocked.ID)
	w.ok(err)
	if undo.Action != symbolon.IncidentUnblock || undo.Match.BlockedBy != blocked.ID {
		t.Errorf("the undo is %+v", undo)
	}
	expected{6, 3, 3}.check(w, w.done(undo.ID))
	for who, want := range map[*fake]symbolon.Status{
		device: symbolon.StatusActive, pending: symbolon.StatusPending,
		before: symbolon.StatusBlocked, passing: symbolon.StatusBlocked, again: symbolon.StatusBlocked, harder: symbolon.StatusBlocked,
	} {
		if got := who.stored().Status; got != want {
			t.Errorf("%s is %s, want %s", who.id, got, want)
		}
	}
	if b := passing.stored().Block; b == nil || b.Until == nil || !b.Until.Equal(until) {
		t.Errorf("what was blocked for a day is blocked as %+v", b)
	}
	w.saw("without its trust", device.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	if got := w.incidentEvents(device.id, undo.ID); !slices.Equal(got, []symbolon.EventType{symbolon.EventDeviceUnblocked}) {
		t.Errorf("events of the undo: %v", got)
	}

	undo, err = w.undo(blocked.ID)
	w.ok(err)
	expected{6, 0, 0}.check(w, w.done(undo.ID))
}

// Over a block that ends by itself, an incident's holds as long as it stands, and leaves behind
// what staff wanted, whoever came first.
func TestABlockThatEndsByItselfOutlivesAnIncident(t *testing.T) {
	for name, undoneAfter := range map[string]time.Duration{"undone before": time.Hour, "undone after": 3 * symbolon.Day} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, at sqlstore.Config) { outlived(worldOn(t, at), undoneAfter) })
		})
	}
}

func outlived(w *world, undoneAfter time.Duration) {
	first, second := w.registered(ada), w.registered(bob)
	until := w.now.Add(symbolon.Day)
	holiday := func(r *symbolon.BlockRequest) { r.Reason, r.Until = "on holiday", &until }
	w.device(first.blockAs(holiday))
	blocked := w.done(w.begin(webIncident(symbolon.IncidentBlock)).ID)
	expected{2, 2, 2}.check(w, blocked)
	w.device(second.blockAs(holiday))
	w.now = w.now.Add(undoneAfter)
	w.ok(w.reg.Sweep(w.Context(), w.now))
	for _, device := range []*fake{first, second} {
		if b := device.stored().Block; b == nil || b.Until != nil || b.Incident != blocked.ID {
			w.Errorf("while the incident stands: %+v", b)
		}
	}

	undo, err := w.undo(blocked.ID)
	w.ok(err)
	expected{2, 2, 2}.check(w, w.done(undo.ID))
	for _, device := range []*fake{first, second} {
		d := device.stored()
		if w.now.After(until) {
			if d.Status != symbolon.StatusActive {
				w.Errorf("what staff wanted is over, and the device is %s, %+v", d.Status, d.Block)
			}
			continue
		}
		if b := d.Block; b == nil || b.Until == nil || !b.Until.Equal(until) || b.Reason != "on holiday" || b.Incident != "" {
			w.Errorf("after the undo the device is %s, %+v", d.Status, b)
		}
	}
	w.now = w.now.Add(3 * symbolon.Day)
	w.ok(w.reg.Sweep(w.Context(), w.now))
	w.saw("in the end", first.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

// Of two incidents that blocked a device, neither alone may let it go.
func TestTwoIncidentsHoldADevice(t *testing.T) {
	w := newWorld(t)
	device := w.registered(ada)
	for range 2 {
		blocked := w.done(w.begin(webIncident(symbolon.IncidentBlock)).ID)
		expected{1, 1, 1}.check(w, blocked)
		defer func() {
			undo, err := w.undo(blocked.ID)
			w.ok(err)
			expected{1, 0, 0}.check(w, w.done(undo.ID))
			if s := device.stored().Status; s != symbolon.StatusBlocked {
				t.Errorf("undoing %s left the device %s", blocked.ID, s)
			}
		}()
	}
}

// Who sees that they block the wrong devices need not wait until all are.
func TestUndoingEndsWhatGoesOn(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":0}}`)
	device := w.registered(ada)
	going := w.begin(webIncident(symbolon.IncidentBlock))
	undo, err := w.undo(going.ID)
	w.ok(err)
	expected{1, 0, 0}.check(w, w.done(undo.ID))
	ended, err := w.reg.GetIncident(t.Context(), w.root(), bank, going.ID)
	w.ok(err)
	if ended.FinishedAt == nil || ended.Examined != 0 || device.stored().Status != symbolon.StatusActive {
		t.Errorf("it went on: %+v, and the device is %s", ended, device.stored().Status)
	}
}

// Who frees a part while the incident goes on would see it blocked again, or the rest never
// blocked: they wait.
func TestAPartIsFreedOnceTheIncidentIsDone(t *testing.T) {
	w := newWorld(t)
	device := w.registered(ada)
	going := w.begin(webIncident(symbolon.IncidentBlock))
	part := symbolon.IncidentRequest{
		Match:  symbolon.IncidentMatch{BlockedBy: going.ID, BeginsWith: string(ada)},
		Action: symbolon.IncidentUnblock, Reason: "a phishing page",
	}
	_, err := w.reg.BeginIncident(t.Context(), w.holder(bank, symbolon.RoleOperator), bank, part)
	w.refused("while it goes on", err, symbolon.ErrConflict)
	expected{1, 1, 1}.check(w, w.done(going.ID))
	expected{1, 1, 1}.check(w, w.done(w.begin(part).ID))
	if s := device.stored().Status; s != symbolon.StatusActive {
		t.Errorf("the device is %s", s)
	}
}

// To count what an undo would do ends nothing, and says what the undo then does.
func TestAnUndoIsCountedFirst(t *testing.T) {
	w := newWorld(t)
	w.registered(ada)
	blocked := w.done(w.begin(webIncident(symbolon.IncidentBlock)).ID)
	req := symbolon.IncidentRequest{
		Match:  symbolon.IncidentMatch{BlockedBy: blocked.ID, KeyStorage: []symbolon.KeyStorage{symbolon.StorageBrowser}},
		Action: symbolon.IncidentUnblock, Reason: "a phishing page", DryRun: true,
	}
	counted := w.done(w.begin(req).ID)
	req.DryRun = false
	done := w.done(w.begin(req).ID)
	if counted.Matched != done.Matched || counted.Changed != done.Changed {
		t.Errorf("counted %+v, done %+v", counted, done)
	}
}

func TestIncidentsThatCantBeUndone(t *testing.T) {
	w := newWorld(t)
	w.registered(ada)
	counting := webIncident(symbolon.IncidentBlock)
	counting.DryRun = true
	blocked := w.done(w.begin(webIncident(symbolon.IncidentBlock)).ID)
	undone, err := w.undo(blocked.ID)
	w.ok(err)
	for name, id := range map[string]string{
		"a dry run": w.begin(counting).ID, "the end of trust": w.begin(webIncident(symbolon.IncidentDistrust)).ID, "an undo": undone.ID,
	} {
		_, err := w.undo(id)
		w.refused(name, err, symbolon.ErrConflict)
	}
	_, err = w.undo("inc_none")
	w.refused("one that is not there", err, symbolon.ErrNotFound)
	_, err = w.reg.UndoIncident(t.Context(), w.root(), bank, blocked.ID, symbolon.UndoRequest{})
	w.refused("without a reason", err, symbolon.ErrInvalidRequest)
}

// Whether trust counts is asked of each device as it is examined, under the policy of then.
func TestAnIncidentAboutTrustedDevices(t *testing.T) {
	w := newWorld(t)
	trusted, plain := w.trusted(ada), w.registered(bob)
	yes := true
	req := symbolon.IncidentRequest{Match: symbolon.IncidentMatch{Trusted: &yes}, Action: symbolon.IncidentBlock, Reason: "a phishing page"}
	blocked := w.done(w.begin(req).ID)
	expected{2, 1, 1}.check(w, blocked)
	if trusted.stored().Status != symbolon.StatusBlocked || plain.stored().Status != symbolon.StatusActive {
		t.Errorf("the trusted device is %s, the other %s", trusted.stored().Status, plain.stored().Status)
	}
}

// To change many devices a session must have shown lately who it is; to count them, not.
func TestAnIncidentWantsARecentSession(t *testing.T) {
	w := newWorld(t)
	stale := w.person(bank, symbolon.Grant{AppID: bank, Role: symbolon.RoleOperator})
	stale.Admin.Session.AuthenticatedAt = w.now.Add(-symbolon.RecentSignIn - 1)
	req := webIncident(symbolon.IncidentBlock)
	_, err := w.reg.BeginIncident(t.Context(), stale, bank, req)
	w.refused("to block", err, symbolon.ErrReauthenticate)
	_, err = w.reg.UndoIncident(t.Context(), stale, bank, "inc_none", symbolon.UndoRequest{Reason: "x"})
	w.refused("to undo", err, symbolon.ErrReauthenticate)
	req.DryRun = true
	_, err = w.reg.BeginIncident(t.Context(), stale, bank, req)
	w.ok(err)
}
