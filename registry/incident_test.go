package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// webIncident is about every browser.
func webIncident(action symbolon.IncidentAction) symbolon.IncidentRequest {
	return symbolon.IncidentRequest{
		Match: symbolon.IncidentMatch{Platform: []symbolon.Platform{symbolon.PlatformWeb}}, Action: action, Reason: "a phishing page",
	}
}

// begin begins an incident as an operator of the bank does.
func (w *world) begin(req symbolon.IncidentRequest) symbolon.Incident {
	w.Helper()
	i, err := w.reg.BeginIncident(w.Context(), w.holder(bank, symbolon.RoleOperator), bank, req)
	w.ok(err)
	return i
}

// undo begins to take an incident back as an operator of the bank does.
func (w *world) undo(id string) (symbolon.Incident, error) {
	return w.reg.UndoIncident(w.Context(), w.holder(bank, symbolon.RoleOperator), bank, id, symbolon.UndoRequest{Reason: "a phishing page"})
}

// done works until the incident is.
func (w *world) done(id string) symbolon.Incident {
	w.Helper()
	for range 1000 {
		w.ok(w.reg.WorkIncidents(w.Context(), w.now))
		i, err := w.reg.GetIncident(w.Context(), w.root(), bank, id)
		w.ok(err)
		if i.FinishedAt != nil {
			return i
		}
	}
	w.Fatalf("the incident %s has no end", id)
	return symbolon.Incident{}
}

// incidentEvents are those of the device that are part of the incident.
func (w *world) incidentEvents(id symbolon.DeviceID, incident string) (types []symbolon.EventType) {
	w.Helper()
	for _, e := range w.events(bank, id) {
		var data struct{ Incident, Reason string }
		w.ok(json.Unmarshal(e.Data, &data))
		if data.Incident != incident {
			continue
		}
		types = append(types, e.Type)
		if data.Reason != "a phishing page" || e.Actor.Kind != symbolon.CallerAdmin || e.Actor.ID == "" {
			w.Errorf("the event %s says %s, by %v", e.Type, e.Data, e.Actor)
		}
	}
	return types
}

func (i expected) check(w *world, got symbolon.Incident) {
	w.Helper()
	if now := (expected{got.Examined, got.Matched, got.Changed}); now != i {
		w.Errorf("examined, matched, changed: %v; want %v", now, i)
	}
}

type expected struct{ examined, matched, changed int64 }

// All trusted browsers lose their trust, each with one event; what does not match stays.
func TestAnIncidentEndsTrust(t *testing.T) {
	w := newWorld(t)
	stolen, plain := w.trusted(ada), w.registered(bob)
	phone := w.browser(ada)
	phone.register(func(r *symbolon.Registration) {
		r.Platform, r.DeviceType, r.Context.UserAgent = symbolon.PlatformAndroid, symbolon.TypeMobile, "Bank/1.0"
	})
	phone.trust()

	counting := webIncident(symbolon.IncidentDistrust)
	counting.DryRun = true
	counted := w.done(w.begin(counting).ID)
	expected{3, 2, 1}.check(w, counted)
	w.saw("after counting", stolen.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)

	begun := w.begin(webIncident(symbolon.IncidentDistrust))
	if begun.Devices != 3 || begun.FinishedAt != nil || begun.Examined != 0 {
		t.Errorf("begun: %+v", begun)
	}
	expected{3, 2, 1}.check(w, w.done(begun.ID))
	w.saw("the browser", stolen.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	w.saw("the phone", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	if d := stolen.stored(); d.Trust.RevokedReason != "a phishing page" || d.Trust.RevokedBy != begun.By {
		t.Errorf("trust ended for %q by %q, begun by %q", d.Trust.RevokedReason, d.Trust.RevokedBy, begun.By)
	}
	for device, want := range map[*fake][]symbolon.EventType{stolen: {symbolon.EventDeviceDistrusted}, plain: nil, phone: nil} {
		if got := w.incidentEvents(device.id, begun.ID); !slices.Equal(got, want) {
			t.Errorf("events of %s: %v; want %v", device.stored().Name, got, want)
		}
	}

	list, err := w.reg.ListIncidents(t.Context(), w.holder(bank, symbolon.RoleViewer), bank, nil)
	w.ok(err)
	if len(list.Items) != 2 || list.Items[0].ID != begun.ID {
		t.Errorf("listed: %+v", list.Items)
	}
}

// Blocking takes everything that is not blocked yet, pending devices too, and a block that
// would end by itself becomes one that does not.
func TestAnIncidentBlocks(t *testing.T) {
	w := newWorld(t)
	active, blocked, passing := w.trusted(ada), w.registered(ada), w.registered(bob)
	blocked.block()
	until := w.now.Add(symbolon.Day)
	w.device(passing.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	pending := w.registered(ada)

	begun := w.begin(webIncident(symbolon.IncidentBlock))
	expected{4, 4, 3}.check(w, w.done(begun.ID))
	for _, device := range []*fake{active, blocked, passing, pending} {
		if d := device.stored(); d.Status != symbolon.StatusBlocked || d.Block.Until != nil {
			t.Errorf("%s: %s until %v", d.ID, d.Status, d.Block.Until)
		}
	}
	if got := w.incidentEvents(blocked.id, begun.ID); got != nil {
		t.Errorf("events of the device that was blocked before: %v", got)
	}
	w.saw("blocked", active.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
}

// Killed at any step and begun again, no device is done twice and none is left out.
func TestAnIncidentSurvivesEveryFault(t *testing.T) {
	const devices = 130 // several transactions
	var fail func(string) error
	w := newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if fail != nil {
				return fail(method)
			}
			return nil
		}}
	})
	w.policy(bank, `{"limits":{"devices":0}}`)
	var all []*fake
	for range devices {
		all = append(all, w.registered(ada))
	}
	begun := w.begin(webIncident(symbolon.IncidentBlock))
	broken, calls := errors.New("the power is cut"), 0
	fail = func(string) error {
		if calls++; calls%97 == 0 {
			return broken
		}
		return nil
	}
	faults := 0
	for range 50 {
		if err := w.reg.WorkIncidents(t.Context(), w.now); err != nil {
			faults++
		}
		w.serve(secret) // another process goes on
	}
	fail = nil
	if faults == 0 {
		t.Error("there was no fault: the story shows nothing")
	}
	expected{devices, devices, devices}.check(w, w.done(begun.ID))
	for _, device := range all {
		if got := w.incidentEvents(device.id, begun.ID); len(got) != 1 {
			t.Fatalf("a device has %d events of the incident", len(got))
		}
	}
}

// Two replicas that work at once do each device once.
func TestTwoReplicasShareAnIncident(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":0}}`)
	var all []*fake
	for range 60 {
		all = append(all, w.trusted(ada))
	}
	begun := w.begin(webIncident(symbolon.IncidentDistrust))
	errs := make(chan error)
	for range 4 {
		go func() { errs <- w.reg.WorkIncidents(context.WithoutCancel(t.Context()), w.now) }()
	}
	for range 4 {
		w.ok(<-errs)
	}
	expected{60, 60, 60}.check(w, w.done(begun.ID))
	for _, device := range all {
		if got := w.incidentEvents(device.id, begun.ID); len(got) != 1 {
			t.Fatalf("a device has %d events of the incident", len(got))
		}
	}
}

func TestIncidentsThatCantBegin(t *testing.T) {
	w := newWorld(t)
	operator := w.holder(bank, symbolon.RoleOperator)
	begin := func(req symbolon.IncidentRequest) error {
		_, err := w.reg.BeginIncident(t.Context(), operator, bank, req)
		return err
	}
	w.refused("about all devices", begin(symbolon.IncidentRequest{Action: "block", Reason: "x"}), symbolon.ErrInvalidRequest)
	_, err := w.reg.GetIncident(t.Context(), operator, bank, "inc_none")
	w.refused("one that is not there", err, symbolon.ErrNotFound)
	for range 10 {
		w.ok(begin(webIncident(symbolon.IncidentBlock)))
	}
	w.refused("the eleventh at once", begin(webIncident(symbolon.IncidentBlock)), symbolon.ErrConflict)
	w.ok(w.reg.WorkIncidents(t.Context(), w.now))
	w.ok(begin(webIncident(symbolon.IncidentBlock)))
}

// The incidents of an app that is removed end with it.
func TestAnIncidentEndsWithItsApp(t *testing.T) {
	w := newWorld(t)
	w.registered(ada)
	w.begin(webIncident(symbolon.IncidentBlock))
	w.ok(w.reg.RemoveApp(t.Context(), w.root(), bank))
	w.ok(w.reg.WorkIncidents(t.Context(), w.now))
	w.ok(w.reg.Sweep(t.Context(), w.now))
	open, err := w.store.ListOpenIncidents(t.Context(), 10)
	w.ok(err)
	if len(open) != 0 {
		t.Errorf("open: %s", fmt.Sprint(open))
	}
}

// Run does the work by itself.
func TestIncidentsAreWorkedOnByThemselves(t *testing.T) {
	running(t, func(w *world, _ *counted) {
		browser := w.trusted(ada)
		i := w.begin(webIncident(symbolon.IncidentDistrust))
		w.wait(5 * time.Second)
		got, err := w.reg.GetIncident(w.Context(), w.root(), bank, i.ID)
		w.ok(err)
		if got.FinishedAt == nil || browser.stored().Trust.RevokedAt == nil {
			t.Errorf("five seconds later: %+v", got)
		}
	})
}

// What comes in or is trusted behind the walk, in the order of ids, is done as well, and
// counted once.
func TestAnIncidentReachesWhatComesBehindIt(t *testing.T) {
	for action, behind := range map[symbolon.IncidentAction]func(w *world, phone *fake) symbolon.DeviceID{
		symbolon.IncidentDistrust: func(_ *world, phone *fake) symbolon.DeviceID { return phone.trust().ID },
		symbolon.IncidentBlock: func(w *world, _ *fake) symbolon.DeviceID {
			_, err := w.reg.ImportTrustedDevices(w.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{record("000", bob)})
			w.ok(err)
			return "000"
		},
	} {
		walks, happen := 0, func() {}
		w := newWorld(t, func(s symbolon.Store) symbolon.Store {
			return &spy{s, func(method string) error {
				if method == "WalkDevices" {
					if walks++; walks == 2 { // the first page is done
						happen()
					}
				}
				return nil
			}}
		})
		phone := w.registered(ada)
		var late symbolon.DeviceID
		happen = func() { late = behind(w, phone) }
		begun := w.begin(symbolon.IncidentRequest{
			Match: symbolon.IncidentMatch{DeviceType: symbolon.DeviceTypes}, Action: action, Reason: "a phishing page",
		})
		got := w.done(begun.ID)
		if late == "" || len(w.incidentEvents(late, begun.ID)) != 1 {
			t.Errorf("%s: the device %q behind the walk was passed by: %+v", action, late, got)
		}
		first := expected{1, 1, map[symbolon.IncidentAction]int64{symbolon.IncidentBlock: 1}[action]}
		expected{first.examined + 1, first.matched + 1, first.changed + 1}.check(w, got)
	}
}

// Counting keeps nobody from blocking, and who counts again no longer waits for what they
// asked before.
func TestDryRunsLeaveRoomForWhatIsMeant(t *testing.T) {
	w := newWorld(t)
	w.registered(ada)
	counting := webIncident(symbolon.IncidentBlock)
	counting.DryRun = true
	another := func() symbolon.Caller {
		made, err := w.reg.CreateCredential(t.Context(), w.root(), bank, symbolon.NewCredential{Name: "test", Role: symbolon.RoleOperator})
		w.ok(err)
		return w.bearer(bank, made.Key)
	}
	mia := another()
	count := func(c symbolon.Caller) (symbolon.Incident, error) {
		return w.reg.BeginIncident(t.Context(), c, bank, counting)
	}
	first, err := count(mia)
	w.ok(err)
	others := w.begin(counting)
	second, err := count(mia)
	w.ok(err)
	for id, ended := range map[string]bool{first.ID: true, others.ID: false, second.ID: false} {
		i, err := w.reg.GetIncident(t.Context(), mia, bank, id)
		w.ok(err)
		if (i.FinishedAt != nil) != ended {
			t.Errorf("the dry run %s ended at %v", id, i.FinishedAt)
		}
	}
	for range 18 {
		_, err := count(another())
		w.ok(err)
	}
	_, err = count(another())
	w.refused("a dry run of one more", err, symbolon.ErrConflict)
	_, err = count(mia)
	w.ok(err)

	for range 10 {
		w.begin(webIncident(symbolon.IncidentBlock))
	}
	_, err = w.reg.BeginIncident(t.Context(), mia, bank, webIncident(symbolon.IncidentBlock))
	w.refused("a block of one more", err, symbolon.ErrConflict)
	for dryRun, want := range map[bool]int{false: 10, true: 22} {
		list, err := w.reg.ListIncidents(t.Context(), mia, bank, &dryRun)
		w.ok(err)
		if len(list.Items) != want || slices.ContainsFunc(list.Items, func(i symbolon.Incident) bool { return i.DryRun != dryRun }) {
			t.Errorf("with dryRun=%v there are %d; want %d", dryRun, len(list.Items), want)
		}
	}
}
