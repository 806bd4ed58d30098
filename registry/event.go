package registry

import (
	"context"
	"errors"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// ListEvents gives the app's log in sealed order after a place that an earlier page
// gave: a reader that goes on from nextCursor misses nothing.
func (r *Registry) ListEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, after string, limit int) (symbolon.EventPage, error) {
	if _, err := r.open(ctx, c, app, opReadEvents); err != nil {
		return symbolon.EventPage{}, err
	}
	limit, err := pageSize(limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	from, err := place("after", after)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	events, err := r.store.ListEvents(ctx, app, from, limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	if len(events) == 0 {
		return symbolon.EventPage{Items: []symbolon.Event{}, NextCursor: cursorOf(from)}, r.reached(ctx, app, from)
	}
	return symbolon.EventPage{Items: events, NextCursor: cursorOf(events[len(events)-1].Seq)}, nil
}

// reached refuses a place that the sealed order has not come to: a reader that waits there
// would miss what comes before it, as after a restored backup.
func (r *Registry) reached(ctx context.Context, app symbolon.AppID, place int64) error {
	last, err := r.lastSeq(ctx, app)
	if err == nil && place > last {
		err = symbolon.InvalidField("after", "must be a nextCursor that an earlier page gave; the log ends at %d", last)
	}
	return err
}

// LatestEvents gives the last events of the app's log in sealed order; readers that follow
// the log go on from nextCursor.
func (r *Registry) LatestEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, count int) (symbolon.EventPage, error) {
	if _, err := r.open(ctx, c, app, opReadEvents); err != nil {
		return symbolon.EventPage{}, err
	}
	if count < 1 || count > MaxPage {
		return symbolon.EventPage{}, symbolon.InvalidField("latest", "must be from 1 to %d", MaxPage)
	}
	last, err := r.lastSeq(ctx, app)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	events, err := r.store.ListEvents(ctx, app, max(0, last-int64(count)), count)
	return symbolon.EventPage{Items: append([]symbolon.Event{}, events...), NextCursor: cursorOf(last)}, err
}

// lastSeq is the place where the sealed order ends, also where all of it was pruned.
func (r *Registry) lastSeq(ctx context.Context, app symbolon.AppID) (int64, error) {
	last, err := r.store.GetLastSeal(ctx, app)
	if !errors.Is(err, symbolon.ErrNotFound) {
		return last.Seq, err
	}
	pruned, err := r.store.GetCheckpoint(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return 0, nil
	}
	return pruned.Seq, err
}

// VerifyLog holds every event of the app's log against the chain that it was sealed in,
// and a checkpoint of what was pruned against the service's secret. The error names the
// first place that differs and wraps [symbolon.ErrChainBroken].
func (r *Registry) VerifyLog(ctx context.Context, c symbolon.Caller, app symbolon.AppID) (symbolon.ChainReport, error) {
	if _, err := r.open(ctx, c, app, opVerifyLog); err != nil {
		return symbolon.ChainReport{}, err
	}
	return symbolon.VerifyChain(ctx, r.store, app, r.checkpointSigned)
}

// VerifyLogPart is VerifyLog in parts that each take a moment. after is the cursor of the
// part before. A log that is not as it was sealed is a value here, not an error.
func (r *Registry) VerifyLogPart(ctx context.Context, c symbolon.Caller, app symbolon.AppID, after string) (symbolon.LogCheck, error) {
	if _, err := r.open(ctx, c, app, opVerifyLog); err != nil {
		return symbolon.LogCheck{}, err
	}
	from, err := place("after", after)
	if err != nil {
		return symbolon.LogCheck{}, err
	}
	last, err := r.lastSeq(ctx, app)
	if err != nil {
		return symbolon.LogCheck{}, err
	}
	report, more, err := symbolon.VerifyChainPart(ctx, r.store, app, from, r.checkpointSigned)
	check := symbolon.LogCheck{Intact: err == nil, Events: report.Events, Seq: report.Seq, LastSeq: max(last, report.Seq)}
	if report.Checkpoint != nil {
		check.PrunedTo = report.Checkpoint.Seq
	}
	if errors.Is(err, symbolon.ErrChainBroken) {
		check.Problem, err = strings.TrimPrefix(err.Error(), "symbolon: "), nil
	}
	if more {
		check.NextCursor = cursorOf(report.Seq)
	}
	return check, err
}

// DeviceEvents gives a device's timeline, the newest first.
func (r *Registry) DeviceEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, before string, limit int) (symbolon.EventPage, error) { //nolint:revive // argument-limit: context and caller lead every operation
	if _, err := r.open(ctx, c, app, opReadDevices); err != nil {
		return symbolon.EventPage{}, err
	}
	if _, err := r.store.GetDevice(ctx, app, id); err != nil {
		return symbolon.EventPage{}, unknownDevice(err)
	}
	return newestFirst(before, limit, func(before symbolon.EventID, limit int) ([]symbolon.Event, error) {
		return r.store.ListDeviceEvents(ctx, app, id, before, limit)
	})
}
