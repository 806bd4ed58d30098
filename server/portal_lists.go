package server

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

type listUsersInput struct {
	App    symbolon.AppID  `path:"app" doc:"The app's id"`
	Prefix string          `query:"q" doc:"Beginning of the id"`
	Limit  int             `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	After  symbolon.UserID `query:"cursor" doc:"The nextCursor of the page before"`
}

func (s *Server) listUsers(ctx context.Context, c symbolon.Caller, in *listUsersInput) (symbolon.UserPage, error) {
	return s.registry.ListUsers(ctx, c, symbolon.UserQuery{AppID: in.App, Prefix: in.Prefix, After: in.After, Limit: in.Limit})
}

func (s *Server) relatedDevices(ctx context.Context, c symbolon.Caller, in *inDevice) (symbolon.RelatedDevices, error) {
	return s.registry.RelatedDevices(ctx, c, in.App, in.Device)
}

func (s *Server) getCensus(ctx context.Context, c symbolon.Caller, in *inApp) (symbolon.Census, error) {
	return s.registry.GetCensus(ctx, c, in.App)
}

// LogFilter is exported so that its members count as parameters where it is embedded.
type LogFilter struct {
	Types  []symbolon.EventType `query:"type" doc:"One or several types, with commas"`
	Actor  symbolon.CallerKind  `query:"actor" enum:"client,user,backend,admin,system" doc:"The kind of who did it"`
	By     string               `query:"by" doc:"The id of who did it"`
	User   symbolon.UserID      `query:"user" doc:"About this user only"`
	From   time.Time            `query:"from"`
	To     time.Time            `query:"to"`
	Limit  int                  `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	Cursor string               `query:"cursor" doc:"The nextCursor of the page before"`
}

func (f LogFilter) query(app symbolon.AppID) symbolon.LogQuery {
	return symbolon.LogQuery{AppID: app, Types: f.Types, Actor: f.Actor, By: f.By, User: f.User, From: orNil(f.From), To: orNil(f.To), Limit: f.Limit}
}

type readLogInput struct {
	App symbolon.AppID `path:"app" doc:"The app's id"`
	LogFilter
}

func (s *Server) readLog(ctx context.Context, c symbolon.Caller, in *readLogInput) (symbolon.EventPage, error) {
	return s.registry.ReadLog(ctx, c, in.query(in.App), in.Cursor)
}

func (s *Server) readServiceLog(ctx context.Context, c symbolon.Caller, in *LogFilter) (symbolon.EventPage, error) {
	return s.registry.ReadLog(ctx, c, in.query(""), in.Cursor)
}

type listDecisionsInput struct {
	App            symbolon.AppID          `path:"app" doc:"The app's id"`
	User           symbolon.UserID         `query:"user"`
	Device         symbolon.DeviceID       `query:"device"`
	Recommendation symbolon.Recommendation `query:"recommendation" enum:"DENY,CHALLENGE,ALLOW,TRUST"`
	SecondFactor   symbolon.SecondFactor   `query:"secondFactor" enum:"skip,require"`
	Action         string                  `query:"action"`
	Country        string                  `query:"country" doc:"ISO 3166-1 alpha-2"`
	Reason         string                  `query:"reason" doc:"The code of a reason that it has"`
	Rule           string                  `query:"rule" doc:"A rule that held, in production or in preview"`
	RiskFrom       optionalInt             `query:"riskFrom" doc:"The score is this or more"`
	RiskTo         optionalInt             `query:"riskTo" doc:"The score is this or less"`
	From           time.Time               `query:"from"`
	To             time.Time               `query:"to"`
	Before         symbolon.EventID        `query:"before" doc:"With device: those recorded before this eventId"`
	Limit          int                     `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	Cursor         string                  `query:"cursor" doc:"The nextCursor of the page before"`
}

func (s *Server) listDecisions(ctx context.Context, c symbolon.Caller, in *listDecisionsInput) (symbolon.DecisionPage, error) {
	return s.registry.ListDecisions(ctx, c, in.App, symbolon.DecisionQuery{
		User: in.User, Device: in.Device, Recommendation: in.Recommendation, SecondFactor: in.SecondFactor, Action: in.Action, Country: in.Country,
		Reason: in.Reason, Rule: in.Rule, Score: symbolon.Scores{From: in.RiskFrom.value, To: in.RiskTo.value},
		From: orNil(in.From), To: orNil(in.To), Before: in.Before, Limit: in.Limit, Cursor: in.Cursor,
	})
}

type decisionInput struct {
	App      symbolon.AppID `path:"app" doc:"The app's id"`
	Decision string         `path:"decision" doc:"The decision's id"`
}

func (s *Server) getDecision(ctx context.Context, c symbolon.Caller, in *decisionInput) (symbolon.DecisionEntry, error) {
	return s.registry.GetDecision(ctx, c, in.App, in.Decision)
}
