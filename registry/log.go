package registry

import (
	"context"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// actors are the kinds of whoever an event may name as its actor.
var actors = []symbolon.CallerKind{
	symbolon.CallerClient, symbolon.CallerUser, symbolon.CallerBackend, symbolon.CallerAdmin, symbolon.CallerSystem,
}

// ReadLog gives a page of the log without its decisions, the latest first. A page can be
// short, or empty, and still lead on. App "" stands for what belongs to no app, which is
// for who may read the list of admins.
func (r *Registry) ReadLog(ctx context.Context, c symbolon.Caller, q symbolon.LogQuery, cursor string) (symbolon.EventPage, error) {
	if err := r.openLog(ctx, c, q.AppID); err != nil {
		return symbolon.EventPage{}, err
	}
	if err := checkLogQuery(q); err != nil {
		return symbolon.EventPage{}, err
	}
	limit, err := pageSize(q.Limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	before, err := place("cursor", cursor)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	q.Limit, q.Before = limit, symbolon.EventID(before)
	events, next, err := r.store.ListLog(ctx, q)
	page := symbolon.EventPage{Items: append([]symbolon.Event{}, events...)}
	if next != 0 {
		page.NextCursor = cursorOf(int64(next))
	}
	return page, err
}

func (r *Registry) openLog(ctx context.Context, c symbolon.Caller, app symbolon.AppID) error {
	if app == "" {
		return allow(c, "", opReadAdmins)
	}
	_, err := r.open(ctx, c, app, opReadEvents)
	return err
}

func checkLogQuery(q symbolon.LogQuery) error {
	for _, t := range q.Types {
		if t == symbolon.EventDeviceDecided {
			return symbolon.InvalidField("type", "can't be %s: decisions have a list of their own", t)
		}
		if !slices.Contains(symbolon.EventTypes, t) {
			return symbolon.InvalidField("type", "must be one of %v; got %q", symbolon.EventTypes, t)
		}
	}
	if q.Actor != "" && !slices.Contains(actors, q.Actor) {
		return symbolon.InvalidField("actor", "must be one of %v", actors)
	}
	if q.From != nil && q.To != nil && q.From.After(*q.To) {
		return symbolon.InvalidField("from", "must not be after to")
	}
	if err := symbolon.CheckOptionalText("by", q.By, symbolon.MaxText); err != nil {
		return err
	}
	return symbolon.CheckOptionalText("user", string(q.User), symbolon.MaxText)
}
