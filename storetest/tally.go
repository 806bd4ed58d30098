package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var tallies = []story{
	{"what is sealed is counted by the hour, over batches and replicas", countEvents},
	{"a seal that fails counts nothing, and the next one everything once", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		_, err := w.decide(d, "challenge", start)
		must(t, err)
		w.Exec(t, `ALTER TABLE device_use RENAME TO out_of_reach`)
		if r, err := w.store.Seal(w.ctx, start, 10); err == nil {
			t.Fatalf("the fold had no table, and yet was sealed %+v", r)
		}
		w.Exec(t, `ALTER TABLE out_of_reach RENAME TO device_use`)
		equal(t, "counted", len(w.tallies(t, symbolon.TallyQuery{})), 0)
		w.sealAll(t)
		equal(t, "counted", w.tallies(t, symbolon.TallyQuery{Kind: symbolon.TallyEvent}),
			[]symbolon.Tally{{Hour: start, Kind: symbolon.TallyEvent, Name: "device.decided", Count: 1}})
		equal(t, "use", w.device(t, d.ID).UsageCount, 1)
	}},
	{"old hours are forgotten, in steps", func(t *testing.T, w *world) {
		for i := range 5 {
			_, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: start.Add(time.Duration(i) * time.Hour)})
			must(t, err)
		}
		w.sealAll(t)
		for _, want := range []int{2, 1, 0} {
			n, err := w.Replicas[1].PruneTallies(w.ctx, start.Truncate(time.Hour).Add(3*time.Hour), 2)
			must(t, err)
			equal(t, "forgotten", n, want)
		}
		equal(t, "hours that are left", len(w.tallies(t, symbolon.TallyQuery{})), 2)
	}},
	{"an event that was erased before it was sealed is counted by its type alone", func(t *testing.T, w *world) {
		_, err := w.decide(w.register(t, "ann", "k1"), "challenge", start)
		must(t, err)
		_, err = w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		w.finish(t, acme, "ann", 10)
		w.sealAll(t)
		equal(t, "counted", w.tallies(t, symbolon.TallyQuery{}),
			[]symbolon.Tally{{Hour: start, Kind: symbolon.TallyEvent, Name: "device.decided", Count: 1}})
	}},
}

// tallies reads what was counted of an app, by default all of acme.
func (w *world) tallies(t *testing.T, q symbolon.TallyQuery) []symbolon.Tally {
	t.Helper()
	if q.AppID == "" {
		q.AppID = acme
	}
	if q.To.IsZero() {
		q.From, q.To = start.Add(-24*time.Hour), start.Add(24*time.Hour)
	}
	list, err := w.Replicas[1].ListTallies(w.ctx, q)
	must(t, err)
	for i := range list {
		if list[i].Hour.Equal(start.Truncate(time.Hour)) {
			list[i].Hour = start // so that a test can name it
		}
	}
	return list
}

func countEvents(t *testing.T, w *world) {
	d := w.register(t, "ann", "k1")
	for i := range 7 {
		r := decisionOn(d, fmt.Sprint("c", i), start.Add(time.Duration(i/4)*time.Hour)) // four, then three
		if i%2 == 0 {
			r.Event.Data = []byte(`{"recommendation":"CHALLENGE","secondFactor":"require","proofResult":"valid","score":47,
				"reasons":[{"code":"new_country","weight":100}],"rules":["abroad"],"previews":["stricter"],"place":{"country":"BR"}}`)
		}
		_, err := w.store.PutDecision(w.ctx, r)
		must(t, err)
	}
	_, err := w.store.AppendEvent(w.ctx, eventOf(d, symbolon.EventDeviceUpdated, start))
	must(t, err)
	_, err = w.store.AppendEvent(w.ctx, symbolon.Event{AppID: "other", Type: symbolon.EventAppUpdated, At: start})
	must(t, err)
	for i := range 5 {
		_, err := w.Replicas[i%2].Seal(w.ctx, start, 2)
		must(t, err)
	}
	in := func(kind symbolon.TallyKind, name string, n int64) symbolon.Tally {
		return symbolon.Tally{Hour: start, Kind: kind, Name: name, Count: n}
	}
	first := symbolon.TallyQuery{From: start.Truncate(time.Hour), To: start.Truncate(time.Hour).Add(time.Hour)}
	equal(t, "the first hour", w.tallies(t, first), []symbolon.Tally{
		in("country", "BR", 2), in("country", "PT", 2), in("event", "device.decided", 4), in("event", "device.updated", 1), in("preview", "stricter", 2),
		in("reason", "new_country", 2), in("recommendation", "CHALLENGE", 2), in("recommendation", "TRUST", 2), in("rule", "abroad", 2),
		in("score", "0", 2), in("score", "40", 2), in("secondFactor", "require", 2), in("secondFactor", "skip", 2),
	})
	both := w.tallies(t, symbolon.TallyQuery{Kind: symbolon.TallyScore})
	equal(t, "scores of both hours", []int64{both[0].Count, both[1].Count, both[2].Count, both[3].Count}, []int64{2, 2, 1, 2})
	equal(t, "another app's", len(w.tallies(t, symbolon.TallyQuery{AppID: "other"})), 1)
	none := symbolon.TallyQuery{From: start.Add(-time.Hour).Truncate(time.Hour), To: start.Truncate(time.Hour)}
	equal(t, "the hour before", len(w.tallies(t, none)), 0)
}
