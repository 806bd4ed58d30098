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
	tallyDefault = symbolon.Day
	tallyEvery   = symbolon.Day + time.Hour // of every kind at once: a day until now, with the present hour
	tallyFor     = 400 * symbolon.Day
)

// ListTallies gives what was counted of the app's events, hour by hour. Without an end it
// is now, and without a beginning a day before the end.
func (r *Registry) ListTallies(ctx context.Context, c symbolon.Caller, q symbolon.TallyQuery) (symbolon.TallyList, error) {
	if _, err := r.open(ctx, c, q.AppID, opReadEvents); err != nil {
		return symbolon.TallyList{}, err
	}
	if q.Kind != "" && !slices.Contains(symbolon.TallyKinds, q.Kind) {
		return symbolon.TallyList{}, symbolon.InvalidField("kind", "must be one of %v", symbolon.TallyKinds)
	}
	if q.To.IsZero() {
		q.To = c.At.Add(time.Hour) // with the present hour
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-tallyDefault)
	}
	q.From, q.To = q.From.UTC().Truncate(time.Hour), q.To.UTC().Truncate(time.Hour)
	switch {
	case !q.From.Before(q.To):
		return symbolon.TallyList{}, symbolon.InvalidField("from", "must be in an hour before that of to")
	case q.To.Sub(q.From) > maxTallySpan:
		return symbolon.TallyList{}, symbolon.InvalidField("from", "must be at most 31 days before to")
	case q.Kind == "" && q.To.Sub(q.From) > tallyEvery:
		return symbolon.TallyList{}, symbolon.InvalidField("from", "must be at most a day before to where no kind is named; with kind it may be 31 days")
	}
	items, err := r.store.ListTallies(ctx, q)
	return symbolon.TallyList{From: q.From, To: q.To, Items: append([]symbolon.Tally{}, items...)}, err
}
