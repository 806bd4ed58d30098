package registry

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// readyFor is how long one write that was tried stands for all who ask, however many do.
const readyFor = time.Second

// readiness remembers how the last such write went.
type readiness struct {
	mu    sync.Mutex
	tried time.Time
	err   error
}

// Ready is nil if the service can decide. For that its store must answer and, since each
// decision is written down, take a write: with a full disk it still answers every read. It
// tries one a second at most. The error is the store's, ErrUnavailable as a rule.
func (r *Registry) Ready(ctx context.Context) error {
	if err := r.store.Ping(ctx); err != nil {
		return err
	}
	r.readiness.mu.Lock()
	defer r.readiness.mu.Unlock()
	if time.Since(r.readiness.tried) < readyFor {
		return r.readiness.err
	}
	err := r.writeAndForget(ctx)
	if ctx.Err() == nil { // who gave up waiting learnt nothing that holds for others
		r.readiness.tried, r.readiness.err = time.Now(), err
	}
	return err
}

// longAgo is before anything else that the store may forget.
var longAgo = time.Unix(0, 0).UTC()

// writeAndForget spends a key that nothing else has, and forgets it in the same
// transaction: it lasts as every write does, and leaves no row.
func (r *Registry) writeAndForget(ctx context.Context) error {
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		if err := tx.TakeSpend(ctx, "", []byte("ready:"+rand.Text()), longAgo); err != nil {
			return err
		}
		_, err := tx.PruneSpends(ctx, longAgo.Add(time.Microsecond), sweepBatch)
		return err
	})
}
