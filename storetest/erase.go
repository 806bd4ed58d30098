package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var erasures = []story{
	{"erasing goes on in steps that any replica takes, and is listed until it is done", eraseInSteps},
	{"what a user does after an erase is not stripped by it", func(t *testing.T, w *world) {
		w.history(t, w.register(t, "ann", "k1"), "before")
		_, err := w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		again := w.register(t, "ann", "k1")
		w.history(t, again, "after")
		w.finish(t, acme, "ann", 3)
		mine, err := w.store.ListUserEvents(w.ctx, acme, "ann", 0, 100)
		must(t, err)
		timeline, err := w.store.ListDeviceEvents(w.ctx, acme, again.ID, 0, 100)
		must(t, err)
		equal(t, "events of the new time", []int{len(mine), len(timeline)}, []int{5, 10})
		w.sealAll(t)
		w.verify(t, acme)
	}},
	{"a user who is erased again before that is done leaves nothing of either time", func(t *testing.T, w *world) {
		var devices []symbolon.Device
		for _, when := range []string{"first", "second"} {
			d := w.register(t, "ann-the-user", "anns-key")
			w.history(t, d, when)
			devices = append(devices, d)
			_, err := w.store.EraseUser(w.ctx, acme, d.UserID)
			must(t, err)
			_, err = w.store.ContinueErasure(w.ctx, acme, d.UserID, 3)
			must(t, err)
		}
		w.finish(t, acme, "ann-the-user", 3)
		w.traceless(t, devices...)
	}},
	{"another user's device of the same id keeps its events", func(t *testing.T, w *world) {
		anns := newDevice("ann", "k1")
		anns.ID = "dev_1"
		anns = w.put(t, anns)
		w.history(t, anns, "anns")
		must(t, w.store.TakeDevice(w.ctx, acme, anns.ID))
		bobs := newDevice("bob", "k2")
		bobs.ID = "dev_1"
		w.history(t, w.put(t, bobs), "bobs")
		_, err := w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		w.finish(t, acme, "ann", 4)
		timeline, err := w.store.ListDeviceEvents(w.ctx, acme, "dev_1", 0, 100)
		must(t, err)
		equal(t, "events that are left", len(timeline), 10)
		equal(t, "whose they are", timeline[9].UserID, "bob")
	}},
	{"the id of a removed app is never given again", func(t *testing.T, w *world) {
		must(t, w.store.TakeApp(w.ctx, acme, start))
		w.finish(t, acme, "", 10)
		_, err := w.Replicas[1].PutApp(w.ctx, symbolon.App{ID: acme, Name: "Again", CreatedAt: start})
		fails(t, err, symbolon.ErrConflict)
		if !strings.Contains(err.Error(), "never given again") {
			t.Fatalf("the error does not say why: %v", err)
		}
	}},
	{"a removed app is looked at for an hour, and as long as something of it is left", removeApp},
	{"an app that is there is not emptied", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		more, err := w.store.ContinueErasure(w.ctx, acme, "", 100)
		must(t, err)
		equal(t, "more", more, false)
		w.device(t, d.ID)
	}},
	{"what is remembered of erased users is replaced, and forgotten when its time is over", remembered},
}

// history makes ten events of a device, five of them decisions.
func (w *world) history(t *testing.T, d symbolon.Device, spend string) {
	t.Helper()
	for i := range 5 {
		_, err := w.store.AppendEvent(w.ctx, eventOf(d, symbolon.EventDeviceUpdated, start))
		must(t, err)
		_, err = w.decide(d, spend+string(rune('0'+i)), start)
		must(t, err)
	}
}

// finish takes one bounded step after another, and gives their number.
func (w *world) finish(t *testing.T, app symbolon.AppID, user symbolon.UserID, limit int) (steps int) {
	t.Helper()
	for more := true; more; steps++ {
		var err error
		more, err = w.Replicas[steps%2].ContinueErasure(w.ctx, app, user, limit)
		must(t, err)
	}
	return steps
}

// pending wants these erasures to be listed on both replicas.
func (w *world) pending(t *testing.T, now time.Time, want ...symbolon.PendingErasure) {
	t.Helper()
	for _, s := range w.Replicas {
		list, err := s.ListErasures(w.ctx, now, 10)
		must(t, err)
		equal(t, "pending erasures", append([]symbolon.PendingErasure{}, list...), append([]symbolon.PendingErasure{}, want...))
	}
}

func eraseInSteps(t *testing.T, w *world) {
	present, removed := w.register(t, "ann-the-user", "anns-key"), w.register(t, "ann-the-user", "anns-second-key")
	w.history(t, present, "present")
	w.history(t, removed, "removed")
	must(t, w.store.TakeDevice(w.ctx, acme, removed.ID))
	w.pending(t, start)
	_, err := w.store.EraseUser(w.ctx, acme, "ann-the-user")
	must(t, err)
	ann := symbolon.PendingErasure{AppID: acme, UserID: "ann-the-user"}
	w.pending(t, start, ann)
	more, err := w.store.ContinueErasure(w.ctx, acme, "ann-the-user", 7)
	must(t, err)
	equal(t, "more after one step", more, true)
	w.pending(t, start, ann)
	if steps := w.finish(t, acme, "ann-the-user", 7); steps < 2 {
		t.Fatalf("13 events were stripped in %d steps of 7", steps)
	}
	w.pending(t, start)
	w.traceless(t, present, removed)
	w.sealAll(t)
	equal(t, "events that verify", w.verify(t, acme).Events, 20)
	more, err = w.store.ContinueErasure(w.ctx, acme, "ann-the-user", 7)
	must(t, err)
	equal(t, "more when all is done", more, false)
}

func removeApp(t *testing.T, w *world) {
	const other symbolon.AppID = "zz-other"
	_, err := w.store.PutApp(w.ctx, symbolon.App{ID: other, Name: "Other", CreatedAt: start})
	must(t, err)
	w.history(t, w.registerIn(t, other, "ann", "k1"), "spend")
	open := newIncident("inc_1", start)
	open.AppID = other
	must(t, w.store.PutIncident(w.ctx, open))
	w.sealAll(t)
	must(t, w.store.TakeApp(w.ctx, other, start))
	_, err = w.Replicas[1].GetApp(w.ctx, other)
	fails(t, err, symbolon.ErrNotFound)

	left, err := w.store.ListOpenIncidents(w.ctx, 10)
	must(t, err)
	equal(t, "open incidents", len(left), 0)

	gone := symbolon.PendingErasure{AppID: other}
	w.pending(t, start.Add(24*time.Hour), gone)
	if steps := w.finish(t, other, "", 4); steps < 4 {
		t.Fatalf("15 rows were deleted in %d steps of 4", steps)
	}
	w.pending(t, start.Add(symbolon.RemovalGrace-time.Microsecond), gone)
	w.pending(t, start.Add(symbolon.RemovalGrace))

	_, err = w.store.AppendEvent(w.ctx, symbolon.Event{AppID: other, Type: symbolon.EventAppUpdated, At: start})
	must(t, err) // by a replica that has not heard
	w.pending(t, start.Add(24*time.Hour), gone)
	w.sealAll(t)
	w.finish(t, other, "", 4)
	w.pending(t, start.Add(24*time.Hour))
	if dump := w.Dump(t); strings.Count(dump, string(other)) != 1 {
		t.Fatalf("the app left more behind than that it was removed:\n%s", dump)
	}
}

func remembered(t *testing.T, w *world) {
	wants := func(tag, want string) {
		t.Helper()
		got, err := w.Replicas[1].GetErased(w.ctx, acme, []byte(tag))
		must(t, err)
		equal(t, "the epoch of "+tag, got, want)
	}
	wants("ann", "")
	must(t, w.store.PutErased(w.ctx, acme, []byte("ann"), "one", start))
	must(t, w.store.PutErased(w.ctx, acme, []byte("ann"), "two", start.Add(time.Second)))
	must(t, w.store.PutErased(w.ctx, "other", []byte("ann"), "another app's", start))
	must(t, w.store.PutErased(w.ctx, acme, []byte("bob"), "three", start))
	must(t, w.store.TakeSpend(w.ctx, acme, []byte("spend"), start))
	wants("ann", "two")
	wants("bob", "three")
	for _, want := range []int{2, 1, 0} { // the spend, bob, and ann of the other app
		n, err := w.store.PruneSpends(w.ctx, start.Add(time.Second), 2)
		must(t, err)
		equal(t, "forgotten", n, want)
	}
	wants("ann", "two")
	wants("bob", "")
}
