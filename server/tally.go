package server

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

type talliesInput struct {
	App  symbolon.AppID     `path:"app" doc:"The app's id"`
	Kind symbolon.TallyKind `query:"kind" enum:"event,recommendation,secondFactor,score,reason,country,rule,preview" doc:"What was counted; every kind where absent"`
	From time.Time          `query:"from" doc:"At most 31 days before to, or a day where kind is absent; a day before to where absent"`
	To   time.Time          `query:"to" doc:"Its hour is left out; now, with the present hour, where absent"`
}

func (s *Server) listTallies(ctx context.Context, c symbolon.Caller, in *talliesInput) (symbolon.TallyList, error) {
	return s.registry.ListTallies(ctx, c, symbolon.TallyQuery{AppID: in.App, Kind: in.Kind, From: in.From, To: in.To})
}
