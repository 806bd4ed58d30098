package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) beginIncident(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.IncidentRequest]) (symbolon.Incident, error) {
	return s.registry.BeginIncident(ctx, c, in.App, in.Body)
}

func (s *Server) listIncidents(ctx context.Context, c symbolon.Caller, in *inApp) (symbolon.IncidentList, error) {
	return s.registry.ListIncidents(ctx, c, in.App)
}

type incidentInput struct {
	App      symbolon.AppID `path:"app" doc:"The app's id"`
	Incident string         `path:"incident" doc:"The incident's id"`
}

func (s *Server) getIncident(ctx context.Context, c symbolon.Caller, in *incidentInput) (symbolon.Incident, error) {
	return s.registry.GetIncident(ctx, c, in.App, in.Incident)
}
