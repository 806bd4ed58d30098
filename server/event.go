package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

type listEventsInput struct {
	App   symbolon.AppID `path:"app" doc:"The app's id"`
	After string         `query:"after" doc:"The nextCursor of the page before; from the first event where absent"`
	Limit int            `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`

	Latest int `query:"latest" minimum:"1" maximum:"200" doc:"Instead of after and limit: this many of the last events"`
}

func (s *Server) listEvents(ctx context.Context, c symbolon.Caller, in *listEventsInput) (symbolon.EventPage, error) {
	if in.Latest > 0 {
		if in.After != "" || in.Limit > 0 {
			return symbolon.EventPage{}, symbolon.InvalidField("latest", "must stand alone: without after and limit")
		}
		return s.registry.LatestEvents(ctx, c, in.App, in.Latest)
	}
	return s.registry.ListEvents(ctx, c, in.App, in.After, in.Limit)
}

type verifyLogInput struct {
	App   symbolon.AppID `path:"app" doc:"The app's id"`
	After string         `query:"after" doc:"The nextCursor of the part before; from the beginning where absent"`
}

func (s *Server) verifyLog(ctx context.Context, c symbolon.Caller, in *verifyLogInput) (symbolon.LogCheck, error) {
	return s.registry.VerifyLogPart(ctx, c, in.App, in.After)
}
