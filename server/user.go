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

func (s *Server) exportUser(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.UserExport, error) {
	return s.registry.ExportUser(ctx, c, in.App, in.User)
}

func (s *Server) eraseUser(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.Erasure, error) {
	return s.registry.EraseUser(ctx, c, in.App, in.User)
}

func (s *Server) liftTombstones(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.LiftedTombstones, error) {
	return s.registry.LiftTombstones(ctx, c, in.App, in.User)
}
