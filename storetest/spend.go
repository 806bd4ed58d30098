package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var spends = []story{
	{"a spend is taken once by 32 racing callers on two replicas", func(t *testing.T, w *world) {
		for round := range 10 {
			key := []byte(fmt.Sprint("challenge", round))
			errs := race(32, func(i int) error { return w.Replicas[i%2].TakeSpend(w.ctx, acme, key, start) })
			equal(t, "taken", count(t, errs, symbolon.ErrChallengeReplayed), 1)
		}
		must(t, w.store.TakeSpend(w.ctx, "other", []byte("challenge1"), start))
	}},
	{"a challenge is decided on once by 32 racing callers on two replicas", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		for round := range 10 {
			r := decisionOn(d, fmt.Sprint("challenge", round), start)
			errs := race(32, func(i int) error {
				_, err := w.Replicas[i%2].PutDecision(w.ctx, r)
				return err
			})
			equal(t, "decided", count(t, errs, symbolon.ErrChallengeReplayed), 1)
		}
		list, err := w.store.ListDeviceEvents(w.ctx, acme, d.ID, 0, 100)
		must(t, err)
		equal(t, "events", len(list), 10)
	}},
	{"a challenge of one device is not good for another user's", func(t *testing.T, w *world) {
		_, err := w.decide(w.register(t, "ann", "k1"), "challenge", start)
		must(t, err)
		_, err = w.decide(w.register(t, "bob", "k1"), "challenge", start)
		fails(t, err, symbolon.ErrChallengeReplayed)
	}},
	{"a spent challenge is replayed, also on a device that changed", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		_, err := w.decide(d, "challenge", start)
		must(t, err)
		d.Version++
		_, err = w.decide(d, "challenge", start)
		fails(t, err, symbolon.ErrChallengeReplayed)
		_, err = w.decide(d, "fresh", start)
		fails(t, err, symbolon.ErrStale)
		d.Version--
		_, err = w.decide(d, "fresh", start) // what was refused spent nothing
		must(t, err)
	}},
	{"a decision in a transaction that fails spends nothing", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		failed := errors.New("no")
		err := w.store.Tx(w.ctx, func(s symbolon.Store) error {
			if _, err := s.PutDecision(w.ctx, decisionOn(d, "challenge", start)); err != nil {
				return err
			}
			_, err := s.PutDecision(w.ctx, decisionOn(d, "challenge", start))
			if !errors.Is(err, symbolon.ErrChallengeReplayed) {
				return err
			}
			return failed
		})
		fails(t, err, failed)
		_, err = w.decide(d, "challenge", start)
		must(t, err)
	}},
	{"a decision is found by its id, within its app", func(t *testing.T, w *world) {
		r := decisionOn(w.register(t, "ann", "k1"), "challenge", start)
		id, err := w.store.PutDecision(w.ctx, r)
		must(t, err)
		got, err := w.Replicas[1].GetDecision(w.ctx, acme, id)
		must(t, err)
		r.Event.ID, r.Event.Salt = id, got.Salt
		equal(t, "event", got, r.Event)
		equal(t, "salt", len(got.Salt), 16)
		_, err = w.store.GetDecision(w.ctx, "other", id)
		fails(t, err, symbolon.ErrNotFound)
		other, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: start})
		must(t, err)
		_, err = w.store.GetDecision(w.ctx, acme, other)
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"decisions are walked through in the order of their spends, without what was erased", walkDecisions},
	{"spends are forgotten once they ended, in steps", func(t *testing.T, w *world) {
		for i := range 5 {
			must(t, w.store.TakeSpend(w.ctx, acme, []byte{byte(i)}, start.Add(time.Duration(i)*time.Second)))
		}
		for _, want := range []int{2, 1, 0} {
			n, err := w.store.PruneSpends(w.ctx, start.Add(3*time.Second), 2)
			must(t, err)
			equal(t, "forgotten", n, want)
		}
		fails(t, w.store.TakeSpend(w.ctx, acme, []byte{3}, start), symbolon.ErrChallengeReplayed)
		must(t, w.store.TakeSpend(w.ctx, acme, []byte{2}, start))
	}},
}

func walkDecisions(t *testing.T, w *world) {
	anns, bobs := w.register(t, "ann", "k1"), w.register(t, "bob", "k2")
	var want []symbolon.EventID
	for i := range 7 {
		id, err := w.decide(anns, fmt.Sprintf("anns \x00%d", 9-i), start)
		must(t, err)
		want = append([]symbolon.EventID{id}, want...)
	}
	_, err := w.decide(bobs, "bobs", start)
	must(t, err)
	_, err = w.decide(w.registerIn(t, "other", "ann", "k1"), "elsewhere", start)
	must(t, err)
	_, err = w.store.AppendEvent(w.ctx, eventOf(anns, symbolon.EventDeviceUpdated, start))
	must(t, err)
	must(t, w.store.TakeSpend(w.ctx, acme, []byte("a ticket"), start))
	_, err = w.store.EraseUser(w.ctx, acme, "bob")
	must(t, err)
	w.finish(t, acme, "bob", 10)

	var got []symbolon.EventID
	var after []byte
	for range 4 { // pages of three: the last is empty
		page, err := w.Replicas[1].ListDecisions(w.ctx, acme, after, 3)
		must(t, err)
		for _, r := range page {
			equal(t, "whose it is, and what", []any{r.DeviceID, r.Event.UserID, len(r.Event.Data) > 0}, []any{anns.ID, anns.UserID, true})
			got, after = append(got, r.Event.ID), r.Spend
		}
	}
	equal(t, "decisions", got, want)
}
