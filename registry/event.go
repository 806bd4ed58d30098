package registry

import (
	"context"

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
	if len(events) > 0 {
		from = events[len(events)-1].Seq
	}
	if events == nil {
		events = []symbolon.Event{}
	}
	return symbolon.EventPage{Items: events, NextCursor: cursorOf(from)}, nil
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

// DeviceEvents gives a device's timeline, the newest first.
//
//nolint:revive // a page of a list takes two parameters more than the list
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
