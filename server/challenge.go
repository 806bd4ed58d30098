package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) createChallenge(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.ChallengeRequest]) (symbolon.Challenge, error) {
	return s.registry.NewChallenge(ctx, c, in.App, in.Body)
}
