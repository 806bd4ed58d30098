package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var people = []story{
	{"erasing leaves nothing of the user but bare facts that verify", erase},
	{"erasing a user leaves those who share the key", func(t *testing.T, w *world) {
		w.register(t, "ann", "shared")
		bobs := w.register(t, "bob", "shared")
		n, err := w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "devices erased", n, 1)
		equal(t, "the other's key", w.device(t, bobs.ID).Thumbprint, "thumb-shared")
		n, err = w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "devices erased again", n, 0)
	}},
	{"a challenge that was spent before an erase stays spent", func(t *testing.T, w *world) {
		_, err := w.decide(w.register(t, "ann", "k1"), "challenge", start)
		must(t, err)
		_, err = w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		_, err = w.decide(w.register(t, "ann", "k1"), "challenge", start)
		fails(t, err, symbolon.ErrChallengeReplayed)
	}},
	{"a decision that races an erase leaves nothing of the user", eraseRacesDecisions},
	{"tombstones stay until they are lifted", func(t *testing.T, w *world) {
		for i := range 3 {
			tomb := symbolon.Tombstone{AppID: acme, UserTag: []byte("ann"), KeyTag: []byte{byte(i)}, At: start}
			must(t, w.store.PutTombstone(w.ctx, tomb))
			must(t, w.store.PutTombstone(w.ctx, tomb))
		}
		w.tombstone(t, acme, 2, true)
		w.tombstone(t, acme, 3, false)
		w.tombstone(t, "other", 2, false)
		for _, want := range []int{3, 0} {
			n, err := w.store.TakeTombstones(w.ctx, acme, []byte("ann"))
			must(t, err)
			equal(t, "lifted", n, want)
		}
		w.tombstone(t, acme, 2, false)
	}},
}

func (w *world) tombstone(t *testing.T, app symbolon.AppID, tag byte, want bool) {
	t.Helper()
	for _, s := range w.Replicas {
		there, err := s.HasTombstone(w.ctx, app, []byte{tag})
		must(t, err)
		equal(t, "whether there is a tombstone", there, want)
	}
}

// erase fills every table with a user, and looks for traces in all that is left.
func erase(t *testing.T, w *world) {
	d, removed := w.annsThings(t)
	bystander := w.register(t, "bob", "bobs-key")
	for i := range 30 {
		for _, device := range []symbolon.Device{d, removed, bystander} {
			_, err := w.store.AppendEvent(w.ctx, eventOf(device, symbolon.EventDeviceUpdated, start))
			must(t, err)
			where := placeIn("PT", i)
			if device.UserID == d.UserID {
				where.Location = "Annville"
			}
			w.seen(t, device, where, start.Add(time.Duration(i)*time.Hour), i%2 == 0)
		}
		if i == 15 {
			w.sealAll(t)
		}
	}
	must(t, w.store.TakeDevice(w.ctx, acme, removed.ID))

	_, err := w.store.EraseUser(w.ctx, acme, d.UserID)
	must(t, err)
	w.finish(t, acme, d.UserID, 7)
	w.traceless(t, d, removed)
	w.sealAll(t)
	w.traceless(t, d, removed)
	equal(t, "events that verify", w.verify(t, acme).Events, 180)
	list, err := w.store.ListEvents(w.ctx, acme, 0, 1)
	must(t, err)
	equal(t, "what is left of an event", list[0], symbolon.Event{
		ID: list[0].ID, Seq: 1, AppID: acme, Type: symbolon.EventDeviceUpdated, At: start,
		Actor: symbolon.Actor{Kind: symbolon.CallerUser}, Erased: true, Commitment: list[0].Commitment,
	})
	timeline, err := w.store.ListDeviceEvents(w.ctx, acme, bystander.ID, 0, 100)
	must(t, err)
	equal(t, "another user's events", []any{len(timeline), timeline[0].Erased}, []any{60, false})
}

// annsThings stores all but events of a user with two devices.
func (w *world) annsThings(t *testing.T) (d, removed symbolon.Device) {
	t.Helper()
	d = fullDevice()
	d.UserID, d.KeyID, d.Name, d.IPAddress, d.Location, d.Country = "ann-the-user", "anns-key", "Ann's own phone", "192.0.2.99", "Annville", "Annland"
	d.ManufacturerID, d.Traits, d.History = "anns-hardware", "anns-traits", d.History.With(placeIn("Annville", 3), start)
	d.Block, d.Status, d.Metadata = nil, symbolon.StatusActive, []byte(`{"note":"anns-metadata"}`)
	d = w.put(t, d)
	k, err := w.store.GetKey(w.ctx, acme, d.KeyID)
	must(t, err)
	k.Thumbprint = "anns-second-thumbprint"
	_, err = w.store.PutKey(w.ctx, k)
	must(t, err)
	d = w.device(t, d.ID)
	removed = w.register(t, d.UserID, "anns-removed-key")
	must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: d.UserID, NotBefore: start}))
	must(t, w.store.PutSession(w.ctx, newSession(d, "anns-session")))
	must(t, w.store.PutSession(w.ctx, newSession(removed, "anns-removed-session")))
	answer := symbolon.Answer{AppID: acme, Caller: "user:ann-the-user", Operation: "POST /ann-the-user", Key: "ann-the-user", UserID: d.UserID, At: start}
	_, _, err = w.store.ReserveAnswer(w.ctx, answer, start)
	must(t, err)
	answer.Status, answer.Body = 200, []byte("ann-the-user")
	must(t, w.store.PutAnswer(w.ctx, answer))
	done := newIncident("inc_1", start)
	done.After, done.FinishedAt = d.ID, at(start)
	must(t, w.store.PutIncident(w.ctx, done))
	return d, removed
}

func (w *world) traceless(t *testing.T, devices ...symbolon.Device) {
	t.Helper()
	dump := strings.ToLower(w.Dump(t))
	traces := []string{"ann-the-user", "anns-", "ann's", "annville", "annland", "192.0.2.99"}
	for _, d := range devices {
		traces = append(traces, string(d.ID))
	}
	for _, trace := range traces {
		if at := strings.Index(dump, strings.ToLower(trace)); at >= 0 {
			t.Fatalf("%q is left: …%s…", trace, dump[max(0, at-200):min(len(dump), at+100)])
		}
	}
}

func eraseRacesDecisions(t *testing.T, w *world) {
	for round := range 10 {
		user := symbolon.UserID(fmt.Sprintf("racing-user-%d-", round))
		d := w.register(t, user, symbolon.KeyID(fmt.Sprint("racing-key-", round)))
		errs := race(9, func(i int) error {
			if i == 0 {
				_, err := w.Replicas[0].EraseUser(w.ctx, acme, user)
				return err
			}
			_, err := w.Replicas[i%2].PutDecision(w.ctx, decisionOn(d, fmt.Sprint(round, i), start.Add(time.Duration(i))))
			return err
		})
		must(t, errs[0])
		count(t, errs, symbolon.ErrStale)
		w.finish(t, acme, user, 3)
		if dump := w.Dump(t); strings.Contains(dump, string(user)) {
			t.Fatalf("round %d: a decision kept the user", round)
		}
	}
	w.sealAll(t)
	w.verify(t, acme)
}
