package registry

import (
	"cmp"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// calendar says where the steps of tallies begin.
type calendar struct {
	step symbolon.TallyStep
	zone *time.Location
}

func calendarOf(q symbolon.TallyQuery) (calendar, error) {
	by := calendar{cmp.Or(q.Step, symbolon.StepHour), time.UTC}
	if !slices.Contains(symbolon.TallySteps, by.step) {
		return by, symbolon.InvalidField("step", "must be one of %v", symbolon.TallySteps)
	}
	if q.Kind == "" && by.step != symbolon.StepHour {
		return by, symbolon.InvalidField("kind", "must be named where step is %s", by.step)
	}
	if q.Zone == "" {
		return by, nil
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil || q.Zone == "Local" {
		return by, symbolon.InvalidField("zone", "must be an IANA time zone, such as Europe/Lisbon; got %q", q.Zone)
	}
	by.zone = zone
	return by, nil
}

// begin is the first moment of the step that t is in, in UTC.
func (c calendar) begin(t time.Time) time.Time {
	if c.step == symbolon.StepHour {
		return t.UTC().Truncate(time.Hour)
	}
	year, month, day := t.In(c.zone).Date()
	if c.step == symbolon.StepMonth {
		day = 1
	}
	midnight := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	if midnight.Day() != day { // the clocks were put on over midnight, and the day begins with that
		_, midnight = midnight.ZoneBounds()
	}
	return midnight.UTC()
}

// after is the beginning of the step after that of t.
func (c calendar) after(t time.Time) time.Time {
	if c.step == symbolon.StepHour {
		return c.begin(t).Add(time.Hour)
	}
	year, month, day := t.In(c.zone).Date()
	if c.step == symbolon.StepMonth {
		return c.begin(time.Date(year, month+1, 1, 12, 0, 0, 0, c.zone))
	}
	return c.begin(time.Date(year, month, day+1, 12, 0, 0, 0, c.zone))
}

// span makes whole steps of the times that were asked for, and fills in what was not.
func (c calendar) span(from, to, now time.Time) (time.Time, time.Time) {
	if to.IsZero() {
		to = c.after(now)
	}
	if from.IsZero() {
		end := to.In(c.zone)
		switch c.step {
		case symbolon.StepDay:
			from = end.AddDate(0, 0, -30)
		case symbolon.StepMonth:
			from = end.AddDate(0, -12, 0)
		default:
			from = end.Add(-symbolon.Day)
		}
	}
	return c.begin(from), c.begin(to)
}

// check refuses what would be too much to read.
func (c calendar) check(q symbolon.TallyQuery) error {
	span, most, days := q.To.Sub(q.From), maxTallySpan, 31
	if c.step != symbolon.StepHour {
		most, days = tallyFor+symbolon.Day, 400 // a day in which clocks are changed is longer
	}
	switch {
	case span <= 0:
		return symbolon.InvalidField("from", "must be in %s before that of to", map[symbolon.TallyStep]string{
			symbolon.StepHour: "an hour", symbolon.StepDay: "a day", symbolon.StepMonth: "a month",
		}[c.step])
	case span > most:
		return symbolon.InvalidField("from", "must be at most %d days before to", days)
	case q.Kind == "" && span > tallyEvery:
		return symbolon.InvalidField("from", "must be at most a day before to where no kind is named; with kind it may be 31 days")
	}
	return nil
}

// steady is the part of the query from then on in which the clocks are not changed, and how
// far they are ahead of UTC.
func (c calendar) steady(q symbolon.TallyQuery, from time.Time) (symbolon.TallyQuery, time.Duration) {
	_, offset := from.In(c.zone).Zone()
	if _, change := from.In(c.zone).ZoneBounds(); !change.IsZero() && change.Before(q.To) {
		q.To = wholeHour(change.UTC())
	}
	q.From = wholeHour(from)
	return q, time.Duration(offset) * time.Second
}

// wholeHour is the first hour that does not begin before then.
func wholeHour(t time.Time) time.Time {
	if hour := t.Truncate(time.Hour); hour.Before(t) {
		return hour.Add(time.Hour)
	}
	return t
}

// tallySums adds up counts of one name in one step.
type tallySums map[tallySum]int64

type tallySum struct {
	begin time.Time
	kind  symbolon.TallyKind
	name  string
}

func (s tallySums) add(t symbolon.Tally) { s[tallySum{t.Hour, t.Kind, t.Name}] += t.Count }

// sorted are the sums by step, kind and name.
func (s tallySums) sorted() []symbolon.Tally {
	all := make([]symbolon.Tally, 0, len(s))
	for k, n := range s {
		all = append(all, symbolon.Tally{Hour: k.begin, Kind: k.kind, Name: k.name, Count: n})
	}
	slices.SortFunc(all, func(a, b symbolon.Tally) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return all
}
