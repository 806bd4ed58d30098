package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) issueTicket(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.TicketRequest]) (symbolon.Ticket, error) {
	return s.registry.IssueTicket(ctx, c, in.App, in.Body)
}
