package registry

import (
	"context"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// How much of the tallies one call gives, and for how long they are kept.
const (
	maxTallySpan = 31 * symbolon.Day
	tallyEvery   = symbolon.Day + time.Hour // of every kind at once: a day until now, with the present hour
	tallyFor     = 400 * symbolon.Day
)

// ListTallies gives what was counted of the app's events, by hours, days or months. Without
// an end it is now; without a beginning it is a day, 30 days or 12 months before the end.
func (r *Registry) ListTallies(ctx context.Context, c symbolon.Caller, q symbolon.TallyQuery) (symbolon.TallyList, error) {
	if _, err := r.open(ctx, c, q.AppID, opReadEvents); err != nil {
		return symbolon.TallyList{}, err
	}
	if q.Kind != "" && !slices.Contains(symbolon.TallyKinds, q.Kind) {
		return symbolon.TallyList{}, symbolon.InvalidField("kind", "must be one of %v", symbolon.TallyKinds)
	}
	by, err := calendarOf(q)
	if err != nil {
		return symbolon.TallyList{}, err
	}
	q.From, q.To = by.span(q.From, q.To, c.At)
	if err := by.check(q); err != nil {
		return symbolon.TallyList{}, err
	}
	items, err := r.tallied(ctx, q, by)
	return symbolon.TallyList{From: q.From, To: q.To, Items: append([]symbolon.Tally{}, items...)}, err
}

// tallied adds up by the steps of the calendar.
func (r *Registry) tallied(ctx context.Context, q symbolon.TallyQuery, by calendar) ([]symbolon.Tally, error) {
	if by.step == symbolon.StepHour {
		return r.store.ListTallies(ctx, q)
	}
	sums := tallySums{}
	for from := q.From; from.Before(q.To); {
		part, offset := by.steady(q, from)
		days, err := r.store.ListDailyTallies(ctx, part, offset)
		if err != nil {
			return nil, err
		}
		for _, t := range days {
			local := t.Hour.Add(offset).UTC() // the day, as its own clock has it
			t.Hour = by.begin(time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, by.zone))
			sums.add(t)
		}
		from = part.To
	}
	return sums.sorted(), nil
}
