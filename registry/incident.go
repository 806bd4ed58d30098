package registry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/symbolon-id/symbolon"
)

var (
	opBeginIncident = operation{name: "begin incidents", role: symbolon.RoleOperator}
	opReadIncidents = operation{name: "read incidents", role: symbolon.RoleViewer}
)

const (
	maxOpenIncidents = 10  // of an app
	maxIncidents     = 200 // that a list shows
)

// BeginIncident begins to distrust or block all devices that match, or, with DryRun, to
// count them. The work goes on by itself, also after a restart.
func (r *Registry) BeginIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.IncidentRequest) (symbolon.Incident, error) {
	if _, err := r.open(ctx, c, app, opBeginIncident); err != nil {
		return symbolon.Incident{}, err
	}
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
		latest, err := tx.ListIncidents(ctx, app, maxIncidents)
		if err != nil {
			return err
		}
		open := 0
		for _, other := range latest {
			if other.FinishedAt == nil {
				open++
			}
		}
		if open >= maxOpenIncidents {
			return symbolon.Errorf(symbolon.ErrConflict, "the app has %d incidents that go on; wait until one is done", open)
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

// ListIncidents gives the app's incidents, the latest first.
func (r *Registry) ListIncidents(ctx context.Context, c symbolon.Caller, app symbolon.AppID) (symbolon.IncidentList, error) {
	if _, err := r.open(ctx, c, app, opReadIncidents); err != nil {
		return symbolon.IncidentList{}, err
	}
	items, err := r.store.ListIncidents(ctx, app, maxIncidents)
	return symbolon.IncidentList{Items: append([]symbolon.Incident{}, items...)}, err
}

// GetIncident gives an incident, with how far it is.
func (r *Registry) GetIncident(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id string) (symbolon.Incident, error) {
	if _, err := r.open(ctx, c, app, opReadIncidents); err != nil {
		return symbolon.Incident{}, err
	}
	i, err := r.store.GetIncident(ctx, app, id)
	if errors.Is(err, symbolon.ErrNotFound) {
		err = symbolon.Errorf(symbolon.ErrNotFound, "there is no such incident")
	}
	return i, err
}
