package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) ownTicket(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.Ticket, error) {
	return s.registry.OwnTicket(ctx, c)
}

func (s *Server) ownDevice(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.OwnDevice, error) {
	return s.registry.OwnDevice(ctx, c)
}

type showDeviceInput struct{ Body symbolon.DeviceProof }

func (s *Server) showDevice(ctx context.Context, c symbolon.Caller, in *showDeviceInput) (symbolon.OwnDevice, error) {
	in.Body.Context = connection(ctx)
	return s.registry.ShowDevice(ctx, c, in.Body)
}
