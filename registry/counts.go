package registry

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// counts are kept in memory until they are flushed: what strangers cause costs no write of
// its own. There is one for each result of a proof, hour and app, and apps are there.
type counts struct {
	mu     sync.Mutex
	failed map[failedProof]int64
}

// failedProof is what a proof that was not valid is counted under.
type failedProof struct {
	app    symbolon.AppID
	hour   time.Time // its beginning, in UTC
	result symbolon.ProofResult
}

func (c *counts) add(p failedProof, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = map[failedProof]int64{}
	}
	c.failed[p] += n
}

// take empties the counts into what they add to each app's tallies.
func (c *counts) take() map[symbolon.AppID][]symbolon.Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	byApp := map[symbolon.AppID][]symbolon.Tally{}
	for p, n := range c.failed {
		byApp[p.app] = append(byApp[p.app], symbolon.Tally{Hour: p.hour, Kind: symbolon.TallyProof, Name: string(p.result), Count: n})
	}
	clear(c.failed)
	return byApp
}

// countProof counts a decision on a proof that was not valid.
func (r *Registry) countProof(app symbolon.AppID, result symbolon.ProofResult, now time.Time) {
	r.counts.add(failedProof{app, now.UTC().Truncate(time.Hour), result}, 1)
}

// How often counts are flushed, and how long the last flush may take.
const (
	flushEvery = 10 * time.Second
	flushFor   = 5 * time.Second
)

// flushCounts flushes them until the context ends, and then once more: also the sign-ins
// that would have waited, since nothing remembers them.
func (r *Registry) flushCounts(ctx context.Context) {
	r.every(ctx, flushEvery, r.FlushCounts)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushFor)
	defer cancel()
	if err := r.FlushCounts(last, symbolon.Micro(time.Now().Add(refusalEvery))); err != nil {
		r.log.Error("what was counted last is lost", "error", err)
	}
}

// FlushCounts writes down the proofs that failed and the sign-ins of admins that were
// refused, as Run does by itself. What can't be written is kept for the next time.
func (r *Registry) FlushCounts(ctx context.Context, now time.Time) error {
	var failed error
	waiting := r.counts.take()
	for _, app := range slices.Sorted(maps.Keys(waiting)) {
		if err := r.store.AddTallies(ctx, app, waiting[app]); err != nil {
			failed = errors.Join(failed, err)
			for _, t := range waiting[app] {
				r.counts.add(failedProof{app, t.Hour, symbolon.ProofResult(t.Name)}, t.Count)
			}
		}
	}
	return errors.Join(failed, r.tellRefusals(ctx, now))
}
