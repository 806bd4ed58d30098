package registry

import (
	"context"
	"slices"
	"strconv"

	"github.com/symbolon-id/symbolon"
)

// How many recorded decisions are looked at: in one read, and for one page.
const (
	decisionStep  = 200
	decisionsPage = 2000
)

// recommendations are all of them.
var recommendations = []symbolon.Recommendation{
	symbolon.RecommendDeny, symbolon.RecommendChallenge, symbolon.RecommendAllow, symbolon.RecommendTrust,
}

// ListDecisions gives a page of recorded decisions: those on valid proofs, and without those
// of erased users. The latest is the first within a page; pages follow one another by when a
// challenge would have ended, up to five minutes off. A page looks at a bounded part of the log, so that it
// can be short, or empty, and still lead on; with a user or a device it looks at theirs only.
func (r *Registry) ListDecisions(ctx context.Context, c symbolon.Caller, app symbolon.AppID, q symbolon.DecisionQuery) (symbolon.DecisionPage, error) {
	if _, err := r.open(ctx, c, app, opReadEvents); err != nil {
		return symbolon.DecisionPage{}, err
	}
	if err := checkDecisionQuery(q); err != nil {
		return symbolon.DecisionPage{}, err
	}
	var err error
	if q.Limit, err = pageSize(q.Limit); err != nil {
		return symbolon.DecisionPage{}, err
	}
	log, err := r.decisionLog(ctx, app, q)
	if err != nil {
		return symbolon.DecisionPage{}, err
	}
	found, next, err := selectDecisions(ctx, log, q)
	if err != nil {
		return symbolon.DecisionPage{}, err
	}
	slices.SortStableFunc(found, func(a, b symbolon.Event) int { return b.At.Compare(a.At) })
	items, err := r.entries(ctx, app, found)
	return symbolon.DecisionPage{Items: items, NextCursor: next}, err
}

func checkDecisionQuery(q symbolon.DecisionQuery) error {
	if q.Recommendation != "" && !slices.Contains(recommendations, q.Recommendation) {
		return symbolon.InvalidField("recommendation", "must be one of %v", recommendations)
	}
	if q.SecondFactor != "" && q.SecondFactor != symbolon.FactorSkip && q.SecondFactor != symbolon.FactorRequire {
		return symbolon.InvalidField("secondFactor", "must be %s or %s", symbolon.FactorSkip, symbolon.FactorRequire)
	}
	if q.Before < 0 || q.Before > 0 && q.Device == "" {
		return symbolon.InvalidField("before", "must be an eventId of the device that is asked for")
	}
	for _, t := range []struct{ name, value string }{
		{"user", string(q.User)}, {"device", string(q.Device)}, {"action", q.Action}, {"country", q.Country}, {"reason", q.Reason}, {"rule", q.Rule},
	} {
		if err := symbolon.CheckOptionalText(t.name, t.value, symbolon.MaxText); err != nil {
			return err
		}
	}
	if from, to := q.Score.From, q.Score.To; from != nil && to != nil && *from > *to {
		return symbolon.InvalidField("riskFrom", "must not be above riskTo")
	}
	if q.From != nil && q.To != nil && q.From.After(*q.To) {
		return symbolon.InvalidField("from", "must not be after to")
	}
	return nil
}

// selectDecisions gives a page of those that the query asks for, and the cursor of the next.
func selectDecisions(ctx context.Context, log decisionLog, q symbolon.DecisionQuery) (found []symbolon.Event, next string, err error) {
	for looked := 0; looked < decisionsPage; {
		step, more, err := log.next(ctx)
		if err != nil {
			return nil, "", err
		}
		looked += len(step)
		for _, rec := range step {
			if q.From != nil && log.past(rec, *q.From) {
				return found, "", nil
			}
			next = log.cursor(rec)
			d, recorded := rec.Event.Decided()
			if !recorded || !q.Selects(rec.Event, d) {
				continue
			}
			if found = append(found, rec.Event); len(found) == q.Limit {
				return found, next, nil
			}
		}
		if !more {
			return found, "", nil
		}
	}
	return found, next, nil
}

// GetDecision gives one recorded decision by its id, or by the number of its event.
func (r *Registry) GetDecision(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id string) (symbolon.DecisionEntry, error) {
	if _, err := r.open(ctx, c, app, opReadEvents); err != nil {
		return symbolon.DecisionEntry{}, err
	}
	missing := symbolon.Errorf(symbolon.ErrNotFound, "no such decision is recorded; those without a valid proof never are")
	event, ok := r.openDecisionID(app, id)
	if !ok {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return symbolon.DecisionEntry{}, missing
		}
		event = symbolon.EventID(n)
	}
	e, err := r.store.GetDecision(ctx, app, event)
	if err != nil {
		return symbolon.DecisionEntry{}, orRefused(err, missing)
	}
	if _, recorded := e.Decided(); !recorded {
		return symbolon.DecisionEntry{}, symbolon.Errorf(symbolon.ErrNotFound, "the decision's user was erased")
	}
	entries, err := r.entries(ctx, app, []symbolon.Event{e})
	if err != nil {
		return symbolon.DecisionEntry{}, err
	}
	return entries[0], nil
}
