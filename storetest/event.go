package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var events = []story{
	{"an event is read as it was appended", func(t *testing.T, w *world) {
		e := eventOf(w.register(t, "ann", "k1"), symbolon.EventDeviceTrusted, start)
		id, err := w.store.AppendEvent(w.ctx, e)
		must(t, err)
		w.sealAll(t)
		for _, s := range w.Replicas {
			list, err := s.ListEvents(w.ctx, acme, 0, 10)
			must(t, err)
			e.ID, e.Seq, e.Salt = id, 1, list[0].Salt
			equal(t, "events", list, []symbolon.Event{e})
		}
		equal(t, "salt", len(e.Salt), 16)
	}},
	{"events have no order before they are sealed, and count from 1 in each app", func(t *testing.T, w *world) {
		for i := range 7 {
			app := []symbolon.AppID{acme, "other"}[i%2]
			_, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: app, Type: symbolon.EventAppUpdated, At: start})
			must(t, err)
		}
		list, err := w.store.ListEvents(w.ctx, acme, 0, 10)
		must(t, err)
		equal(t, "events before sealing", len(list), 0)
		w.sealAll(t)
		equal(t, "places", w.places(t, acme, 0, 10), []int64{1, 2, 3, 4})
		equal(t, "places", w.places(t, "other", 1, 1), []int64{2})
	}},
	{"the sealer works in steps, and says what waits", func(t *testing.T, w *world) {
		for i := range 5 {
			_, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: start.Add(time.Duration(i) * time.Second)})
			must(t, err)
		}
		now := start.Add(10 * time.Second)
		for _, want := range []symbolon.SealReport{
			{Sealed: 2, Lag: 8 * time.Second, More: true}, {Sealed: 2, Lag: 6 * time.Second, More: true}, {Sealed: 1}, {},
		} {
			r, err := w.store.Seal(w.ctx, now, 2)
			must(t, err)
			equal(t, "report", r, want)
		}
	}},
	{"a page of events begins and ends anywhere in the batches", func(t *testing.T, w *world) {
		for i := range 23 {
			_, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: start})
			must(t, err)
			if i%3 == 0 {
				_, err := w.store.Seal(w.ctx, start, 100)
				must(t, err)
			}
		}
		w.sealAll(t)
		for after := range int64(24) {
			for _, limit := range []int{1, 4, 30} {
				var want []int64
				for seq := after + 1; seq <= min(23, after+int64(limit)); seq++ {
					want = append(want, seq)
				}
				equal(t, "places", w.places(t, acme, after, limit), want)
			}
		}
	}},
	{"a reader misses nothing while 32 writers commit out of order on two replicas", readersMissNothing},
	{"decisions fold into their device once, also over batches", folds},
	{"a timeline is latest first, sealed or not, and a user's has no decisions", timelines},
}

func (w *world) places(t *testing.T, app symbolon.AppID, after int64, limit int) (seqs []int64) {
	t.Helper()
	list, err := w.store.ListEvents(w.ctx, app, after, limit)
	must(t, err)
	for _, e := range list {
		seqs = append(seqs, e.Seq)
	}
	return seqs
}

// readersMissNothing lets sealers on both replicas run beside the writers, and a reader
// that follows by its cursor. What it has read must be the whole log, in order.
func readersMissNothing(t *testing.T, w *world) {
	const writers, each = 32, 20
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	var background sync.WaitGroup
	sealing, stop := context.WithCancel(ctx)
	for _, s := range w.Replicas {
		background.Go(func() { sealUntil(sealing, t, s) })
	}
	background.Go(func() {
		errs := race(writers, func(i int) error { return writeEvents(ctx, w.Replicas[i%2], i, each) })
		equal(t, "writers that succeeded", count(t, errs, nil), writers)
	})

	seen := map[symbolon.EventID]bool{}
	var after int64
	for len(seen) < writers*each {
		list, err := w.Replicas[1].ListEvents(ctx, acme, after, 17)
		must(t, err)
		for _, e := range list {
			if e.Seq != after+1 || seen[e.ID] {
				t.Fatalf("after %d came event %d at place %d (seen: %v)", after, e.ID, e.Seq, seen[e.ID])
			}
			seen[e.ID], after = true, e.Seq
		}
	}
	stop()
	background.Wait()
	equal(t, "events in the chain", w.verify(t, acme).Events, writers*each)
}

func sealUntil(ctx context.Context, t *testing.T, s symbolon.Store) {
	for ctx.Err() == nil {
		if _, err := s.Seal(ctx, start, 50); err != nil && ctx.Err() == nil {
			t.Error(err)
			return
		}
	}
}

// writeEvents writes events of which every second one is committed later than its id was
// given: other work follows it in its transaction.
func writeEvents(ctx context.Context, s symbolon.Store, writer, n int) error {
	e := symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: start}
	for i := range n {
		var err error
		if i%2 == 0 {
			_, err = s.AppendEvent(ctx, e)
		} else {
			err = s.Tx(ctx, func(s symbolon.Store) error {
				if _, err := s.AppendEvent(ctx, e); err != nil {
					return err
				}
				return s.PutUser(ctx, symbolon.User{AppID: acme, ID: symbolon.UserID(fmt.Sprint("u", writer, "-", i)), NotBefore: start})
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func folds(t *testing.T, w *world) {
	d := w.register(t, "ann", "k1")
	var want symbolon.DeviceUse
	for i := range 9 {
		r := decisionOn(d, fmt.Sprint("c", i), start.Add(time.Duration((i*5)%9)*time.Second)) // not in order of time
		if i%4 == 1 {
			r.Event.Data = []byte(`{"recommendation":"ALLOW","proofResult":"valid","action":"transfer","score":31}`)
		}
		if i%4 == 2 {
			r.Event.Data = []byte(`{"recommendation":"CHALLENGE","proofResult":"invalid","action":"login","score":80}`)
		}
		r.Event.IPAddress = fmt.Sprint("203.0.113.", i)
		_, err := w.store.PutDecision(w.ctx, r)
		must(t, err)
		want.Fold(r.Event)
	}
	gone := w.register(t, "bob", "k2")
	_, err := w.decide(gone, "gone", start)
	must(t, err)
	must(t, w.store.TakeDevice(w.ctx, acme, gone.ID))
	for range 4 {
		_, err := w.Replicas[1].Seal(w.ctx, start, 4)
		must(t, err)
	}
	got := w.device(t, d.ID)
	equal(t, "use", symbolon.DeviceUse{
		UsageCount: got.UsageCount, LastUsedAt: got.LastUsedAt, LastVerifiedAt: got.LastVerifiedAt,
		IPAddress: got.IPAddress, Location: got.Location, Country: got.Country, RiskScore: got.RiskScore, History: got.History,
	}, want)
	equal(t, "version", got.Version, d.Version)
}

func timelines(t *testing.T, w *world) {
	d := w.register(t, "ann", "k1")
	var all, changes []symbolon.EventID
	for i := range 6 {
		id, err := w.store.AppendEvent(w.ctx, eventOf(d, symbolon.EventDeviceUpdated, start))
		must(t, err)
		decided, err := w.decide(d, fmt.Sprint("c", i), start)
		must(t, err)
		all = append([]symbolon.EventID{decided, id}, all...)
		changes = append([]symbolon.EventID{id}, changes...)
		if i == 2 {
			w.sealAll(t)
		}
	}
	_, err := w.store.AppendEvent(w.ctx, eventOf(w.register(t, "bob", "k1"), symbolon.EventDeviceUpdated, start))
	must(t, err)
	var got []symbolon.EventID
	for before := symbolon.EventID(0); ; before = got[len(got)-1] {
		list, err := w.store.ListDeviceEvents(w.ctx, acme, d.ID, before, 5)
		must(t, err)
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			got = append(got, e.ID)
		}
	}
	equal(t, "device's timeline", got, all)
	list, err := w.store.ListUserEvents(w.ctx, acme, "ann", 0, 100)
	must(t, err)
	got = nil
	for _, e := range list {
		got = append(got, e.ID)
	}
	equal(t, "user's timeline", got, changes)
}
