package registry

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// decisionLog reads recorded decisions backwards.
type decisionLog interface {
	// next gives what follows, and false once nothing does after that.
	next(ctx context.Context) ([]symbolon.DecisionRecord, bool, error)

	// cursor leads on after one of those.
	cursor(symbolon.DecisionRecord) string

	// past tells whether it and all that follows were decided before then.
	past(rec symbolon.DecisionRecord, from time.Time) bool
}

// maxDecisionDevices is of how many devices the decisions are read by themselves.
const maxDecisionDevices = 50

// decisionLog is the shortest that holds what the query asks for.
func (r *Registry) decisionLog(ctx context.Context, app symbolon.AppID, q symbolon.DecisionQuery) (decisionLog, error) {
	devices := []symbolon.DeviceID{q.Device}
	if q.Device == "" {
		var err error
		if devices, err = r.devicesEver(ctx, app, q.User); err != nil {
			return nil, err
		}
	}
	if q.Device == "" && q.User == "" || len(devices) > maxDecisionDevices {
		return newAppDecisions(r.store, app, q)
	}
	before, err := place("cursor", q.Cursor)
	if before == 0 {
		before = int64(q.Before)
	}
	return &deviceDecisions{store: r.store, app: app, devices: devices, before: symbolon.EventID(before)}, err
}

// devicesEver are the user's devices, and those of which their last events tell.
func (r *Registry) devicesEver(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.DeviceID, error) {
	if user == "" {
		return nil, nil
	}
	now, err := r.store.ListUserDevices(ctx, app, user)
	if err != nil {
		return nil, err
	}
	then, err := r.store.ListUserEvents(ctx, app, user, 0, MaxPage)
	var all []symbolon.DeviceID
	for _, d := range now {
		all = append(all, d.ID)
	}
	for _, e := range then {
		if e.DeviceID != "" {
			all = append(all, e.DeviceID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

// appDecisions are all of an app, by when their challenges were to end.
type appDecisions struct {
	store  symbolon.Decisions
	app    symbolon.AppID
	before []byte // a spend key, or nil
}

// spendKeySize is that of proof.Challenge.SpendKey.
const spendKeySize = 24

func newAppDecisions(s symbolon.Decisions, app symbolon.AppID, q symbolon.DecisionQuery) (*appDecisions, error) {
	log := &appDecisions{store: s, app: app}
	if q.Cursor != "" {
		var err error
		if log.before, err = base64.RawURLEncoding.DecodeString(q.Cursor); err != nil || len(log.before) != spendKeySize {
			return nil, symbolon.InvalidField("cursor", "must be the nextCursor of a page of the same query")
		}
		return log, nil
	}
	if q.To != nil { // a challenge of a clock that was ahead ends as much later
		latest := q.To.Add(challengeTTL + spendMargin)
		log.before = binary.BigEndian.AppendUint64(nil, uint64(max(0, latest.UnixMicro())))
	}
	return log, nil
}

func (l *appDecisions) next(ctx context.Context) ([]symbolon.DecisionRecord, bool, error) {
	step, err := l.store.ListLatestDecisions(ctx, l.app, l.before, decisionStep)
	if len(step) > 0 {
		l.before = step[len(step)-1].Spend
	}
	return step, len(step) == decisionStep, err
}

func (l *appDecisions) cursor(rec symbolon.DecisionRecord) string {
	return base64.RawURLEncoding.EncodeToString(rec.Spend)
}

// past goes by when the challenge ended, which is after every decision on it.
func (l *appDecisions) past(rec symbolon.DecisionRecord, from time.Time) bool {
	return len(rec.Spend) == spendKeySize && int64(binary.BigEndian.Uint64(rec.Spend)) <= from.UnixMicro() //nolint:gosec // it was made of an int64
}

// deviceDecisions are those of some devices, in the order in which they were written.
type deviceDecisions struct {
	store   symbolon.Events
	app     symbolon.AppID
	devices []symbolon.DeviceID
	before  symbolon.EventID // 0 for the newest
}

// next reads of each device, and gives as far back as all of them were read.
func (l *deviceDecisions) next(ctx context.Context) (found []symbolon.DecisionRecord, more bool, err error) {
	each := decisionStep / max(1, min(len(l.devices), 10))
	reached := symbolon.EventID(0)
	for _, device := range l.devices {
		step, err := l.store.ListDeviceEvents(ctx, l.app, device, l.before, each)
		if err != nil {
			return nil, false, err
		}
		for _, e := range step {
			found = append(found, symbolon.DecisionRecord{Event: e, DeviceID: device})
		}
		if len(step) == each {
			more, reached = true, max(reached, step[each-1].ID)
		}
	}
	l.before = reached
	found = slices.DeleteFunc(found, func(rec symbolon.DecisionRecord) bool { return rec.Event.ID < reached })
	slices.SortFunc(found, func(a, b symbolon.DecisionRecord) int { return int(b.Event.ID - a.Event.ID) })
	return found, more, nil
}

func (l *deviceDecisions) cursor(rec symbolon.DecisionRecord) string {
	return cursorOf(int64(rec.Event.ID))
}

// past allows for clocks of replicas that differ.
func (l *deviceDecisions) past(rec symbolon.DecisionRecord, from time.Time) bool {
	return rec.Event.At.Before(from.Add(-spendMargin))
}
