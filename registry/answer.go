package registry

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

// AnswerTTL is how long the answer to a write with an Idempotency-Key is kept.
const AnswerTTL = 24 * time.Hour

// answerAbandoned is after how long a write that never was answered may be tried again.
const answerAbandoned = time.Minute

// BeginAnswer reserves the place of a write's answer, for this caller only: who sends
// the same key as somebody else gets a place of their own. Where an answer is there
// already it gives that one, and false: complete, or with Status 0 if the write is under
// way. Clients have no places, since nobody can tell one from another.
func (r *Registry) BeginAnswer(ctx context.Context, c symbolon.Caller, a symbolon.Answer) (symbolon.Answer, bool, error) {
	if c.Kind == symbolon.CallerClient {
		return symbolon.Answer{}, false, symbolon.Errorf(symbolon.ErrUnauthenticated, "to have an answer kept, a bearer token is needed")
	}
	if err := deviceShown(c); err != nil {
		return symbolon.Answer{}, false, err
	}
	if !belongs(c, a.AppID) {
		return symbolon.Answer{}, false, symbolon.Errorf(symbolon.ErrForbidden, "this caller may not have answers kept in this app")
	}
	a.Caller, a.At = c.Actor().String(), c.At
	return r.store.ReserveAnswer(ctx, a, c.At.Add(-answerAbandoned))
}

// EndAnswer completes a reserved answer; Status 0 gives the place up.
func (r *Registry) EndAnswer(ctx context.Context, a symbolon.Answer) error {
	return r.store.PutAnswer(ctx, a)
}
