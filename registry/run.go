package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// Run does the background work until the context ends: it seals the log, sweeps what
// has run out, and applies retention. It returns nil once what it began is finished.
func (r *Registry) Run(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.every(ctx, sweepEvery, r.sweep)
	}()
	r.every(ctx, sealEvery, r.seal)
	<-done
	return nil
}

const (
	sealEvery  = 250 * time.Millisecond
	sealBatch  = 256
	sweepEvery = time.Minute
	sweepBatch = 200
)

func (r *Registry) every(ctx context.Context, interval time.Duration, f func(context.Context, time.Time) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if err := f(context.WithoutCancel(ctx), symbolon.Micro(now)); err != nil && !errors.Is(err, context.Canceled) {
				r.log.Error("background work failed; it will be tried again", "error", err)
			}
		}
	}
}

func (r *Registry) seal(ctx context.Context, now time.Time) error {
	for {
		report, err := r.store.Seal(ctx, now, sealBatch)
		if err != nil {
			return err
		}
		r.metrics.Sealed(report)
		if !report.More {
			return nil
		}
	}
}

// sweep lifts blocks and drops waiting devices whose time has come, forgets what need
// not be remembered, and applies each app's retention, in bounded steps.
func (r *Registry) sweep(ctx context.Context, now time.Time) error {
	return errors.Join(
		r.sweepDevices(ctx, now),
		drain(func() (int, error) { return r.store.PruneSpends(ctx, now, sweepBatch) }),
		drain(func() (int, error) { return r.store.PruneAnswers(ctx, now.Add(-AnswerTTL), sweepBatch) }),
		r.retain(ctx, now),
	)
}

// drain repeats a bounded step until it finds less than a full one to do.
func drain(step func() (int, error)) error {
	for {
		n, err := step()
		if err != nil || n < sweepBatch {
			return err
		}
	}
}

func (r *Registry) sweepDevices(ctx context.Context, now time.Time) error {
	devices, err := r.store.ListDueDevices(ctx, now, now.Add(-policy.PendingFor), sweepBatch)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if err := r.due(ctx, d, now); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) due(ctx context.Context, d symbolon.Device, now time.Time) error {
	if d.Status == symbolon.StatusBlocked {
		return r.endBlock(ctx, d, now)
	}
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		d, err := tx.GetDevice(ctx, d.AppID, d.ID)
		if errors.Is(err, symbolon.ErrNotFound) {
			return nil
		}
		if err != nil || !policy.PendingEnded(d, now) {
			return err
		}
		return system(tx, now).remove(ctx, d, "not approved in time")
	})
}

func (r *Registry) retain(ctx context.Context, now time.Time) error {
	for after := symbolon.AppID(""); ; {
		apps, err := r.store.ListApps(ctx, after, MaxPage)
		if err != nil || len(apps) == 0 {
			return err
		}
		for _, a := range apps {
			if err := r.retainApp(ctx, a.ID, now); err != nil {
				return err
			}
		}
		after = apps[len(apps)-1].ID
	}
}

func (r *Registry) retainApp(ctx context.Context, app symbolon.AppID, now time.Time) error {
	p, err := readPolicy(ctx, r.store, app)
	if err != nil {
		return err
	}
	if keep := p.Retention.IP; keep != nil {
		err = drain(func() (int, error) { return r.store.CutAddresses(ctx, app, now.Add(-keep.Std()), sweepBatch) })
	}
	if keep := p.Retention.Events; keep != nil && err == nil {
		err = drain(func() (int, error) {
			return r.store.PruneEvents(ctx, app, now.Add(-keep.Std()), sweepBatch, r.signCheckpoint)
		})
	}
	return err
}
