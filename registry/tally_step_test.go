package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that time zones are known on any machine

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// hourly counts one in each hour from then on.
func (w *world) hourly(from time.Time, hours int) {
	w.Helper()
	var counted []symbolon.Tally
	for i := range hours {
		counted = append(counted, symbolon.Tally{Hour: from.Add(time.Duration(i) * time.Hour), Kind: symbolon.TallyCountry, Name: "PT", Count: 1})
	}
	w.ok(w.store.AddTallies(w.Context(), bank, counted))
}

func day(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

// A year has 365 days of 24 hours, but for the days on which clocks are changed; each hour
// is in the day and the month that its beginning has there.
func TestCountsByDayAndMonth(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		w.hourly(day("2025-01-01 00:00"), 366*24)
		for _, c := range []struct {
			what, zone, from, to string
			step                 symbolon.TallyStep
			want                 string
		}{
			{"days in UTC", "", "2025-03-01 07:00", "2025-03-04 01:00", symbolon.StepDay, "03-01 00:00 24, 03-02 00:00 24, 03-03 00:00 24"},
			{"days in which clocks are put on", "Europe/Lisbon", "2025-03-29 12:00", "2025-04-01 00:00", symbolon.StepDay, "03-29 00:00 24, 03-30 00:00 23, 03-30 23:00 24"},
			{"days in which they are put back", "America/New_York", "2025-11-01 12:00", "2025-11-04 12:00", symbolon.StepDay, "11-01 04:00 24, 11-02 04:00 25, 11-03 05:00 24"},
			{"a day that begins at one", "Africa/Cairo", "2025-04-24 12:00", "2025-04-26 12:00", symbolon.StepDay, "04-23 22:00 24, 04-24 22:00 23"},
			{"days that begin at half past", "Asia/Kolkata", "2025-03-01 00:00", "2025-03-02 23:00", symbolon.StepDay, "02-28 18:30 24, 03-01 18:30 24"},
			{"half an hour of summer time", "Australia/Lord_Howe", "2025-04-05 00:00", "2025-04-07 00:00", symbolon.StepDay, "04-04 13:00 24, 04-05 13:00 25"},
			{"months in UTC", "", "2025-02-10 00:00", "2025-04-01 00:00", symbolon.StepMonth, "02-01 00:00 672, 03-01 00:00 744"},
			{"months in Lisbon", "Europe/Lisbon", "2025-03-10 00:00", "2025-05-01 00:00", symbolon.StepMonth, "03-01 00:00 743, 03-31 23:00 720"},
			{"hours", "Asia/Kolkata", "2025-03-01 00:30", "2025-03-01 02:10", "", "03-01 00:00 1, 03-01 01:00 1"},
		} {
			list, err := w.reg.ListTallies(w.Context(), w.root(), symbolon.TallyQuery{
				AppID: bank, Kind: symbolon.TallyCountry, From: day(c.from), To: day(c.to), Step: c.step, Zone: c.zone,
			})
			w.ok(err)
			var said []string
			for _, n := range list.Items {
				said = append(said, fmt.Sprint(n.Hour.Format("01-02 15:04"), " ", n.Count))
			}
			if got := strings.Join(said, ", "); got != c.want {
				t.Errorf("%s: %s; want %s", c.what, got, c.want)
			}
			if first := list.Items[0].Hour; !list.From.Equal(first) || !list.To.After(list.Items[len(list.Items)-1].Hour) || first.Location() != time.UTC {
				t.Errorf("%s: from %v to %v", c.what, list.From, list.To)
			}
		}
	})
}

// Where no times are given, the present hour, day or month is the last.
func TestCountsUntilNow(t *testing.T) {
	w := newWorld(t)
	for step, want := range map[symbolon.TallyStep]string{
		symbolon.StepHour:  "2026-02-28 13:00 2026-03-01 13:00",
		symbolon.StepDay:   "2026-01-31 05:00 2026-03-02 05:00",
		symbolon.StepMonth: "2025-04-01 04:00 2026-04-01 04:00",
	} {
		list, err := w.reg.ListTallies(w.Context(), w.root(), symbolon.TallyQuery{AppID: bank, Kind: symbolon.TallyEvent, Step: step, Zone: "America/New_York"})
		w.ok(err)
		if got := list.From.Format("2006-01-02 15:04 ") + list.To.Format("2006-01-02 15:04"); got != want {
			t.Errorf("by %s: %s; want %s", step, got, want)
		}
	}
}

func TestStepsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	year := symbolon.TallyQuery{Kind: symbolon.TallyEvent, Step: symbolon.StepDay, From: noon.AddDate(0, 0, -400), To: noon}
	for field, edit := range map[string]func(*symbolon.TallyQuery){
		"step":   func(q *symbolon.TallyQuery) { q.Step = "week" },
		"zone":   func(q *symbolon.TallyQuery) { q.Zone = "Europe/Atlantis" },
		"zone ":  func(q *symbolon.TallyQuery) { q.Zone = "Local" },
		"zone  ": func(q *symbolon.TallyQuery) { q.Zone = "../../etc/passwd" },
		"kind":   func(q *symbolon.TallyQuery) { q.Kind = "" },
		"from":   func(q *symbolon.TallyQuery) { q.From = noon.AddDate(0, 0, -402) },
		"from ":  func(q *symbolon.TallyQuery) { q.From = noon },
		"from  ": func(q *symbolon.TallyQuery) { q.Step, q.From = symbolon.StepMonth, noon.AddDate(0, 0, -450) },
	} {
		q := year
		q.AppID = bank
		edit(&q)
		_, err := w.reg.ListTallies(w.Context(), w.root(), q)
		w.refused(field, err, symbolon.ErrInvalidRequest)
		if err != nil && !strings.Contains(err.Error(), strings.TrimSpace(field)) {
			t.Errorf("%q does not name %s", err, field)
		}
	}
	year.AppID = bank
	if _, err := w.reg.ListTallies(w.Context(), w.root(), year); err != nil {
		t.Errorf("400 days: %v", err)
	}
}
