package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) status(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.ServiceStatus, error) {
	return s.registry.Status(ctx, c)
}
