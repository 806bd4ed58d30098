package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) listUserDevices(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.DevicePage, error) {
	return s.registry.ListUserDevices(ctx, c, in.App, in.User)
}

func (s *Server) revokeUser(ctx context.Context, c symbolon.Caller, in *inUserWith[symbolon.RevocationRequest]) (symbolon.Revocation, error) {
	return s.registry.RevokeUser(ctx, c, in.App, in.User, in.Body)
}

func (s *Server) reactivateUser(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.Revocation, error) {
	return s.registry.ReactivateUser(ctx, c, in.App, in.User)
}

type exportInput struct {
	App    symbolon.AppID  `path:"app" doc:"The app's id"`
	User   symbolon.UserID `path:"user" doc:"The user's id, percent-encoded; . and .. as %2E and %2E%2E"`
	Cursor string          `query:"cursor" doc:"The nextCursor of the page before"`
}

func (s *Server) exportUser(ctx context.Context, c symbolon.Caller, in *exportInput) (symbolon.UserExport, error) {
	return s.registry.ExportUser(ctx, c, in.App, in.User, in.Cursor)
}

func (s *Server) eraseUser(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.Erasure, error) {
	return s.registry.EraseUser(ctx, c, in.App, in.User)
}

func (s *Server) liftTombstones(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.LiftedTombstones, error) {
	return s.registry.LiftTombstones(ctx, c, in.App, in.User)
}
