package storetest

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var censuses = []story{
	{"a census is read as it was put, and a later one stays", func(t *testing.T, w *world) {
		_, err := w.store.GetCensus(w.ctx, acme)
		fails(t, err, symbolon.ErrNotFound)
		taken := func(at time.Time, devices int64) symbolon.Census {
			return symbolon.Census{AppID: acme, At: at, Devices: devices, Users: 2, Counts: []symbolon.CensusCount{
				{Kind: symbolon.CensusSystem, Name: "Windows", Count: devices}, {Kind: symbolon.CensusCountry, Name: "", Count: 1},
			}}
		}
		for _, c := range []struct {
			what     string
			put, now symbolon.Census
		}{
			{"the first", taken(start, 3), taken(start, 3)},
			{"a later one", taken(start.Add(time.Minute), 4), taken(start.Add(time.Minute), 4)},
			{"a slow replica's", taken(start.Add(time.Second), 9), taken(start.Add(time.Minute), 4)},
		} {
			must(t, w.store.PutCensus(w.ctx, c.put))
			got, err := w.Replicas[1].GetCensus(w.ctx, acme)
			must(t, err)
			equal(t, c.what, got, c.now)
		}
		_, err = w.store.GetCensus(w.ctx, "other")
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"counts from outside the log are added to those that are there, by replicas at once", func(t *testing.T, w *world) {
		hour := start.Truncate(time.Hour)
		counted := []symbolon.Tally{
			{Hour: hour.Add(time.Hour), Kind: symbolon.TallyProof, Name: "replayed", Count: 1},
			{Hour: hour, Kind: symbolon.TallyProof, Name: "missing", Count: 3},
		}
		errs := race(16, func(i int) error { return w.Replicas[i%2].AddTallies(w.ctx, acme, counted) })
		equal(t, "added", count(t, errs, nil), 16)
		must(t, w.store.AddTallies(w.ctx, "other", counted))
		must(t, w.store.AddTallies(w.ctx, acme, nil))
		equal(t, "counted", w.tallies(t, symbolon.TallyQuery{Kind: symbolon.TallyProof}), []symbolon.Tally{
			{Hour: start, Kind: symbolon.TallyProof, Name: "missing", Count: 48},
			{Hour: hour.Add(time.Hour), Kind: symbolon.TallyProof, Name: "replayed", Count: 16},
		})
	}},
	{"counts are added up by days, which begin when the clock of the place says so", countDays},
	{"a removed app's census and counts go with it", func(t *testing.T, w *world) {
		must(t, w.store.PutCensus(w.ctx, symbolon.Census{AppID: acme, At: start}))
		must(t, w.store.AddTallies(w.ctx, acme, []symbolon.Tally{{Hour: start, Kind: symbolon.TallyProof, Name: "missing", Count: 1}}))
		must(t, w.store.TakeApp(w.ctx, acme, start))
		for more := true; more; {
			var err error
			more, err = w.store.ContinueErasure(w.ctx, acme, "", 1)
			must(t, err)
		}
		_, err := w.store.GetCensus(w.ctx, acme)
		fails(t, err, symbolon.ErrNotFound)
		equal(t, "counts that are left", len(w.tallies(t, symbolon.TallyQuery{})), 0)
	}},
}

func countDays(t *testing.T, w *world) {
	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	add := func(at time.Time, kind symbolon.TallyKind, name string, n int64) {
		must(t, w.store.AddTallies(w.ctx, acme, []symbolon.Tally{{Hour: at, Kind: kind, Name: name, Count: n}}))
	}
	for i := range 48 {
		add(midnight.Add(time.Duration(i)*time.Hour), symbolon.TallyCountry, "PT", 1)
	}
	add(midnight.Add(23*time.Hour), symbolon.TallyCountry, "DE", 7)
	add(midnight, symbolon.TallyReason, "new_country", 5)
	day := func(at time.Time, name string, n int64) symbolon.Tally {
		return symbolon.Tally{Hour: at, Kind: symbolon.TallyCountry, Name: name, Count: n}
	}
	whole := symbolon.TallyQuery{AppID: acme, Kind: symbolon.TallyCountry, From: midnight, To: midnight.AddDate(0, 0, 2)}
	part := whole
	part.From, part.To = midnight.Add(20*time.Hour), midnight.Add(26*time.Hour)
	none := whole
	none.To = none.From
	east, west := 330*time.Minute, -3*time.Hour
	for _, c := range []struct {
		what   string
		q      symbolon.TallyQuery
		offset time.Duration
		want   []symbolon.Tally
	}{
		{"in UTC", whole, 0, []symbolon.Tally{day(midnight, "DE", 7), day(midnight, "PT", 24), day(midnight.AddDate(0, 0, 1), "PT", 24)}},
		{"a part", part, 0, []symbolon.Tally{day(midnight, "DE", 7), day(midnight, "PT", 4), day(midnight.AddDate(0, 0, 1), "PT", 2)}},
		{"in India", whole, east, []symbolon.Tally{
			day(midnight.Add(-east), "PT", 19), day(midnight.Add(symbolon.Day-east), "DE", 7), day(midnight.Add(symbolon.Day-east), "PT", 24),
			day(midnight.Add(2*symbolon.Day-east), "PT", 5),
		}},
		{"in Brazil", part, west, []symbolon.Tally{day(midnight.Add(-west), "DE", 7), day(midnight.Add(-west), "PT", 6)}},
		{"of no time", none, 0, nil},
	} {
		got, err := w.Replicas[1].ListDailyTallies(w.ctx, c.q, c.offset)
		must(t, err)
		equal(t, c.what, got, c.want)
	}
}
