package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/symbolon-id/symbolon"
)

var (
	opBeginIncident = operation{name: "begin incidents", role: symbolon.RoleOperator, recent: true}
	opCountIncident = operation{name: "count devices", role: symbolon.RoleOperator}
	opReadIncidents = operation{name: "read incidents", role: symbolon.RoleViewer}
)

const (
	maxOpenIncidents = 10   // of an app, dry runs apart
	maxOpenDryRuns   = 20   // of an app
	maxIncidents     = 200  // that a list shows
	incidentsRead    = 1000 // to find those
)

// BeginIncident begins to distrust, block or unblock all devices that match, or, with
// DryRun, to count them. The work goes on by itself, also after a restart.
func (r *Registry) BeginIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.IncidentRequest) (symbolon.Incident, error) {
	op := opBeginIncident
	if req.DryRun {
		op = opCountIncident
	}
	if _, err := r.open(ctx, c, app, op); err != nil {
		return symbolon.Incident{}, err
	}
	return r.beginIncident(ctx, c, app, req)
}

// UndoIncident begins to unblock all devices that an incident blocked and that nothing else
// has blocked since. One that goes on is ended first. ErrConflict for an incident that
// blocked nothing: a dry run, or one that ended trust, which only its user can give again.
func (r *Registry) UndoIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id string, req symbolon.UndoRequest) (symbolon.Incident, error) {
	if _, err := r.open(ctx, c, app, opBeginIncident); err != nil {
		return symbolon.Incident{}, err
	}
	return r.beginIncident(ctx, c, app, symbolon.IncidentRequest{
		Match: symbolon.IncidentMatch{BlockedBy: id}, Action: symbolon.IncidentUnblock, Reason: req.Reason,
	})
}

func (r *Registry) beginIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.IncidentRequest) (symbolon.Incident, error) {
	if err := req.Check(); err != nil {
		return symbolon.Incident{}, err
	}
	i := symbolon.Incident{
		ID: "inc_" + uuid.Must(uuid.NewV7()).String(), AppID: app, Match: req.Match, Action: req.Action, Reason: req.Reason,
		DryRun: req.DryRun, By: c.Actor().String(), CreatedAt: c.At,
	}
	var err error
	if i.Devices, err = r.store.CountDevices(ctx, app); err != nil {
		return symbolon.Incident{}, err
	}
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		if err := endUndone(ctx, writerFor(tx, c), i); err != nil {
			return err
		}
		if err := roomForIncident(ctx, writerFor(tx, c), i); err != nil {
			return err
		}
		if err := tx.PutIncident(ctx, i); err != nil {
			return err
		}
		return writerFor(tx, c).append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventIncidentBegun}, eventData{
			"incident": i.ID, "action": i.Action, "reason": i.Reason, "match": i.Match, "dryRun": i.DryRun,
		})
	})
	return i, err
}

// endUndone ends the incident all whose blocks another is about, if it goes on. A dry run ends
// nothing, and neither does what frees a part: the incident would block that again.
func endUndone(ctx context.Context, w writer, by symbolon.Incident) error {
	if by.Match.BlockedBy == "" {
		return nil
	}
	undone, err := incidentIn(ctx, w.tx, by.AppID, by.Match.BlockedBy)
	switch {
	case err != nil:
		return err
	case undone.DryRun:
		return symbolon.Errorf(symbolon.ErrConflict, "the incident was a dry run, so there is nothing to undo")
	case undone.Action != symbolon.IncidentBlock:
		return symbolon.Errorf(symbolon.ErrConflict, "the incident was to %s, which can't be undone: only block can", undone.Action)
	case undone.FinishedAt != nil || by.DryRun:
		return nil
	case !by.Match.WholeIncident():
		return symbolon.Errorf(symbolon.ErrConflict, "the incident goes on; undo all of it, or wait until it is done")
	}
	return w.end(ctx, undone)
}

// end finishes an incident before it is through.
func (w writer) end(ctx context.Context, i symbolon.Incident) error {
	w.incident = &i
	if err := w.finish(ctx, &i); err != nil {
		return err
	}
	return w.tx.PutIncident(ctx, i)
}

// roomForIncident refuses too many at once. Dry runs are counted apart, so that counting never
// keeps anyone from blocking; who begins another one no longer waits for the one before.
func roomForIncident(ctx context.Context, w writer, begun symbolon.Incident) error {
	latest, err := w.tx.ListIncidents(ctx, begun.AppID, incidentsRead)
	if err != nil {
		return err
	}
	open, most := 0, maxOpenIncidents
	if begun.DryRun {
		most = maxOpenDryRuns
	}
	for _, other := range latest {
		switch {
		case other.FinishedAt != nil || other.DryRun != begun.DryRun:
		case begun.DryRun && other.By == begun.By:
			if err := w.end(ctx, other); err != nil {
				return err
			}
		default:
			open++
		}
	}
	if open >= most {
		return symbolon.Errorf(symbolon.ErrConflict, "the app has %d incidents that go on; wait until one is done", open)
	}
	return nil
}

// ListIncidents gives the app's incidents, the latest first; with dryRun, only those that are
// dry runs, or that are not.
func (r *Registry) ListIncidents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, dryRun *bool) (symbolon.IncidentList, error) {
	if _, err := r.open(ctx, c, app, opReadIncidents); err != nil {
		return symbolon.IncidentList{}, err
	}
	if dryRun == nil {
		items, err := r.store.ListIncidents(ctx, app, maxIncidents)
		return symbolon.IncidentList{Items: append([]symbolon.Incident{}, items...)}, err
	}
	all, err := r.store.ListIncidents(ctx, app, incidentsRead)
	items := slices.DeleteFunc(all, func(i symbolon.Incident) bool { return i.DryRun != *dryRun })
	return symbolon.IncidentList{Items: append([]symbolon.Incident{}, items[:min(len(items), maxIncidents)]...)}, err
}

// GetIncident gives an incident, with how far it is.
func (r *Registry) GetIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id string) (symbolon.Incident, error) {
	if _, err := r.open(ctx, c, app, opReadIncidents); err != nil {
		return symbolon.Incident{}, err
	}
	return incidentIn(ctx, r.store, app, id)
}

func incidentIn(ctx context.Context, s symbolon.Incidents, app symbolon.AppID, id string) (symbolon.Incident, error) {
	i, err := s.GetIncident(ctx, app, id)
	if errors.Is(err, symbolon.ErrNotFound) {
		err = symbolon.Errorf(symbolon.ErrNotFound, "there is no such incident")
	}
	return i, err
}
