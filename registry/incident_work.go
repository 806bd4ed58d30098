package registry

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

const (
	incidentEvery = time.Second // between two rounds over the open incidents
	incidentRound = 20          // pages of one incident in a round, so that each gets on
	incidentPage  = 500         // devices that are read at once
	incidentStep  = 10          // devices that one transaction changes, at most
)

// WorkIncidents does a round of the open incidents of all apps, as Run does by itself until
// none is left. What fails keeps no other from being done.
func (r *Registry) WorkIncidents(ctx context.Context, now time.Time) error {
	open, err := r.store.ListOpenIncidents(ctx, maxIncidents)
	if err != nil {
		return err
	}
	var failed error
	for _, i := range open {
		pages := 0
		failed = errors.Join(failed, steps(ctx, func(whole context.Context) (bool, error) {
			var err error
			if i, err = r.workIncident(whole, i, now); errors.Is(err, symbolon.ErrNotFound) {
				return false, nil // its app was removed
			}
			pages++
			return i.FinishedAt == nil && pages < incidentRound, err
		}))
	}
	return failed
}

// workIncident examines the next devices, reading them beside what others write, and then
// changes those that match. Each transaction is short, and moves the incident's place
// along with its changes: no device is done twice, by whatever replica.
func (r *Registry) workIncident(ctx context.Context, i symbolon.Incident, now time.Time) (symbolon.Incident, error) {
	s, err := r.settingsOf(ctx, i.AppID, now)
	if err != nil {
		return i, err
	}
	page, err := r.store.WalkDevices(ctx, i.AppID, i.After, incidentPage)
	if err != nil {
		return i, err
	}
	matches := func(d symbolon.Device) bool { return i.Match.Matches(d, now, s.policy.Trust) }
	for {
		part := upTo(page, matches, incidentStep)
		page = page[len(part):]
		last := len(page) == 0
		before := i
		err = leisurely(ctx, func() (err error) {
			i, err = r.incidentPart(ctx, i, part, matches, now)
			return err
		})
		if err != nil || i.FinishedAt != nil || last {
			return i, err
		}
		if i.After != part[len(part)-1].ID || i.After == before.After || i.Again != before.Again {
			return i, nil // another replica is further: read on from there
		}
	}
}

// upTo is the beginning of a page that holds at most so many matches.
func upTo(page []symbolon.Device, matches func(symbolon.Device) bool, most int) []symbolon.Device {
	for n, d := range page {
		if matches(d) {
			if most--; most == 0 {
				return page[:n+1]
			}
		}
	}
	return page
}

// incidentPart does a part of the walk in one transaction, if the incident still stands
// where the part begins. An empty part is the end of the walk.
func (r *Registry) incidentPart(ctx context.Context, i symbolon.Incident, part []symbolon.Device, matches func(symbolon.Device) bool, now time.Time) (symbolon.Incident, error) {
	var out symbolon.Incident
	err := r.within(ctx, i.AppID, func(tx symbolon.Store) error {
		stands, err := tx.GetIncident(ctx, i.AppID, i.ID)
		if out = stands; err != nil || stands.FinishedAt != nil || stands.After != i.After || stands.Again != i.Again {
			return err
		}
		w := response{writer{tx: tx, actor: actorOf(i.By), now: now, incident: &i}, matches}
		for _, d := range part {
			if err := w.examine(ctx, d, &out); err != nil {
				return err
			}
		}
		switch {
		case len(part) > 0:
			out.After = part[len(part)-1].ID
		case !out.Again && !out.DryRun:
			out.After, out.Again = "", true
		default:
			err = w.finish(ctx, &out)
		}
		if err != nil {
			return err
		}
		return tx.PutIncident(ctx, out)
	})
	return out, err
}

// response is the work of an incident within one transaction.
type response struct {
	writer
	matches func(symbolon.Device) bool
}

// examine does to a device what the incident is for, if it matches, and counts it. The
// second walk finds all devices of the first again, and so counts only those that it
// changes.
func (w response) examine(ctx context.Context, read symbolon.Device, i *symbolon.Incident) error {
	matched, changed := false, false
	if w.matches(read) {
		var err error
		if matched, changed, err = w.respond(ctx, read, i); err != nil {
			return err
		}
	}
	if i.Again && !changed {
		return nil
	}
	i.Examined++
	if matched {
		i.Matched++
	}
	if changed {
		i.Changed++
	}
	return nil
}

// respond does it to a device that matched when it was read, if it still does.
func (w response) respond(ctx context.Context, read symbolon.Device, i *symbolon.Incident) (matched, changed bool, err error) {
	d, err := w.tx.GetDevice(ctx, read.AppID, read.ID)
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, false, nil // removed meanwhile
	}
	if err != nil || !w.matches(d) {
		return false, false, err
	}
	if i.DryRun {
		return true, wouldChange(d, i, w.now), nil
	}
	switch i.Action {
	case symbolon.IncidentBlock:
		if d, err = w.lift(ctx, d); err == nil {
			_, changed, err = w.block(ctx, d, symbolon.Block{Reason: i.Reason})
		}
	case symbolon.IncidentUnblock:
		_, err = w.release(ctx, d)
		changed = err == nil
	default:
		_, changed, err = w.distrust(ctx, d, i.Reason)
	}
	return true, changed, err
}

// wouldChange tells what the action would tell.
func wouldChange(d symbolon.Device, i *symbolon.Incident, now time.Time) bool {
	switch {
	case i.Action == symbolon.IncidentUnblock:
		return true // what matches is blocked
	case i.Action == symbolon.IncidentDistrust:
		return d.Trust != nil && d.Trust.RevokedAt == nil
	case d.Status != symbolon.StatusBlocked || d.BlockEnded(now):
		return true
	}
	_, stronger := d.Block.Strengthened(symbolon.Block{Reason: i.Reason, Incident: i.ID})
	return stronger
}

func (w writer) finish(ctx context.Context, i *symbolon.Incident) error {
	i.FinishedAt = &w.now
	return w.append(ctx, symbolon.Event{AppID: i.AppID, Type: symbolon.EventIncidentFinished}, eventData{
		"action": i.Action, "dryRun": i.DryRun, "examined": i.Examined, "matched": i.Matched, "changed": i.Changed,
	})
}

// actorOf is the actor that a record names: see [symbolon.Actor.String].
func actorOf(by string) symbolon.Actor {
	kind, id, _ := strings.Cut(by, ":")
	return symbolon.Actor{Kind: symbolon.CallerKind(kind), ID: id}
}
