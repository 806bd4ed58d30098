package server

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

// clientDecision is what a client learns of a decision.
type clientDecision struct {
	Recommendation symbolon.Recommendation `json:"recommendation" enum:"DENY,CHALLENGE,ALLOW,TRUST"`
	Known          bool                    `json:"known" doc:"The device is the user's, active, and showed its key in this request"`
	DeviceToken    string                  `json:"deviceToken,omitempty" doc:"A JWT for offline verifiers, of a known device"`
	RotateAfter    *time.Time              `json:"rotateAfter,omitempty" doc:"When a known device should replace its key, where the policy sets an age"`
}

type decideInput struct {
	App     symbolon.AppID `path:"app" doc:"The app's id"`
	Explain bool           `query:"explain" doc:"Answer with every signal that was read; backends and admins only"`
	Body    symbolon.DecisionRequest
}

// decide answers a backend or an admin with the whole decision, and a client with the short one.
func (s *Server) decide(ctx context.Context, c symbolon.Caller, in *decideInput) (any, error) {
	in.Body.Explain = in.Explain
	if c.Kind != symbolon.CallerClient {
		return s.registry.Decide(ctx, c, in.App, in.Body)
	}
	in.Body.Context = connection(ctx)
	d, err := s.registry.Decide(ctx, c, in.App, in.Body)
	return clientDecision{d.Recommendation, d.Known, d.DeviceToken, d.RotateAfter}, err
}
