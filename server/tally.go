package server

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

type talliesInput struct {
	App  symbolon.AppID     `path:"app" doc:"The app's id"`
	Kind symbolon.TallyKind `query:"kind" enum:"event,recommendation,secondFactor,score,reason,country,rule,preview,proof" doc:"What was counted; every kind where absent"`
	From time.Time          `query:"from" doc:"Where absent: a day before to for hours, 30 days for days, 12 months for months. Hours: at most 31 days before to, or a day where kind is absent; days and months: at most 400 days"`
	To   time.Time          `query:"to" doc:"Its hour, day or month is left out; now, with the present one, where absent"`
	Step symbolon.TallyStep `query:"step" enum:"hour,day,month" doc:"Over what is added up: hour where absent; day and month need a kind"`
	Zone string             `query:"zone" doc:"IANA time zone in which days and months begin, such as Europe/Lisbon; UTC where absent"`
}

func (s *Server) listTallies(ctx context.Context, c symbolon.Caller, in *talliesInput) (symbolon.TallyList, error) {
	return s.registry.ListTallies(ctx, c, symbolon.TallyQuery{
		AppID: in.App, Kind: in.Kind, From: in.From, To: in.To, Step: in.Step, Zone: in.Zone,
	})
}
