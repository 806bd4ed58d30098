package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

type listEventsInput struct {
	App   symbolon.AppID `path:"app" doc:"The app's id"`
	After string         `query:"after" doc:"The nextCursor of the page before; from the first event where absent"`
	Limit int            `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
}

func (s *Server) listEvents(ctx context.Context, c symbolon.Caller, in *listEventsInput) (symbolon.EventPage, error) {
	return s.registry.ListEvents(ctx, c, in.App, in.After, in.Limit)
}
