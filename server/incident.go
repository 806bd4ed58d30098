package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) beginIncident(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.IncidentRequest]) (symbolon.Incident, error) {
	return s.registry.BeginIncident(ctx, c, in.App, in.Body)
}

type listIncidentsInput struct {
	App    symbolon.AppID `path:"app" doc:"The app's id"`
	DryRun optionalBool   `query:"dryRun" doc:"Only dry runs, or with false only what was done"`
}

func (s *Server) listIncidents(ctx context.Context, c symbolon.Caller, in *listIncidentsInput) (symbolon.IncidentList, error) {
	return s.registry.ListIncidents(ctx, c, in.App, in.DryRun.value)
}

type incidentInput struct {
	App      symbolon.AppID `path:"app" doc:"The app's id"`
	Incident string         `path:"incident" doc:"The incident's id"`
}

type undoInput struct {
	App      symbolon.AppID `path:"app" doc:"The app's id"`
	Incident string         `path:"incident" doc:"The id of the incident that blocked them"`
	Body     symbolon.UndoRequest
}

func (s *Server) undoIncident(ctx context.Context, c symbolon.Caller, in *undoInput) (symbolon.Incident, error) {
	return s.registry.UndoIncident(ctx, c, in.App, in.Incident, in.Body)
}

func (s *Server) getIncident(ctx context.Context, c symbolon.Caller, in *incidentInput) (symbolon.Incident, error) {
	return s.registry.GetIncident(ctx, c, in.App, in.Incident)
}
