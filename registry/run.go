package registry

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// Run does the background work until the context ends: it seals the log, sweeps what
// has run out, applies retention, goes on with incidents, and counts. It returns nil once
// what it began is finished.
func (r *Registry) Run(ctx context.Context) error {
	var others sync.WaitGroup
	others.Go(func() { r.every(ctx, sweepEvery, r.Sweep) })
	others.Go(func() { r.every(ctx, incidentEvery, r.WorkIncidents) })
	others.Go(func() { r.every(ctx, censusCheck, r.TakeCensuses) })
	others.Go(func() { r.flushCounts(ctx) })
	r.every(ctx, sealEvery, r.Seal)
	others.Wait()
	return nil
}

const (
	sealEvery  = 250 * time.Millisecond
	sealBatch  = 256
	sweepEvery = time.Minute
	sweepBatch = 200
)

// maxBackOff is the longest wait before work that fails is tried again, unless its own
// interval is longer.
const maxBackOff = 30 * time.Second

// every calls f at an interval until the context ends, and at longer and longer ones while
// it fails. A call that is under way is not cancelled at the end: f asks the context
// between its steps, each of which is short.
func (r *Registry) every(ctx context.Context, interval time.Duration, f func(context.Context, time.Time) error) {
	wait, trouble := interval, ""
	next := time.NewTimer(wait)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if err := f(ctx, symbolon.Micro(time.Now())); err != nil {
			wait = min(2*wait, max(interval, maxBackOff))
			trouble = r.logTrouble(trouble, err.Error())
		} else {
			wait = interval
			trouble = r.logTrouble(trouble, "")
		}
		next.Reset(wait)
	}
}

// logTrouble tells the log when background work begins to fail, fails in another way, or
// goes on again: not each time.
func (r *Registry) logTrouble(before, now string) string {
	switch {
	case now == before:
	case now != "":
		r.log.Error("background work fails; it will be tried again", "error", now)
	default:
		r.log.Info("background work goes on again")
	}
	return now
}

// steps repeats a step until it says that nothing is left or the context ends. The step
// itself runs to its end.
func steps(ctx context.Context, step func(context.Context) (more bool, err error)) error {
	whole := context.WithoutCancel(ctx)
	for ctx.Err() == nil {
		more, err := step(whole)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// Seal puts what was committed into the log's sealed order, as Run does by itself.
func (r *Registry) Seal(ctx context.Context, now time.Time) error {
	return steps(ctx, func(ctx context.Context) (bool, error) {
		report, err := r.store.Seal(ctx, now, sealBatch)
		if err == nil {
			r.lag.Store(int64(report.Lag))
			r.metrics.Sealed(report)
		}
		return report.More, err
	})
}

// Sweep lifts blocks and drops waiting devices whose time has come, forgets what need not
// be remembered, and applies each app's retention, as Run does by itself. What fails
// keeps nothing else from being done.
func (r *Registry) Sweep(ctx context.Context, now time.Time) error {
	return errors.Join(
		r.sweepDevices(ctx, now),
		r.sweepErasures(ctx, now),
		drain(ctx, func(ctx context.Context) (int, error) { return r.store.PruneSpends(ctx, now, sweepBatch) }),
		drain(ctx, func(ctx context.Context) (int, error) {
			return r.store.PruneAnswers(ctx, now.Add(-AnswerTTL), sweepBatch)
		}),
		drain(ctx, func(ctx context.Context) (int, error) { return r.store.PruneSessions(ctx, now, sweepBatch) }),
		drain(ctx, func(ctx context.Context) (int, error) {
			return r.store.PruneTallies(ctx, now.Add(-tallyFor), sweepBatch)
		}),
		drain(ctx, func(ctx context.Context) (int, error) {
			return r.store.PruneAdminSessions(ctx, now, now.Add(-symbolon.AdminSessionIdle), sweepBatch)
		}),
		r.retain(ctx, now),
	)
}

// drain repeats a bounded step until it finds less than a full one to do.
func drain(ctx context.Context, step func(context.Context) (int, error)) error {
	return steps(ctx, func(whole context.Context) (bool, error) {
		n := 0
		err := leisurely(ctx, func() (err error) {
			n, err = step(whole)
			return err
		})
		return n >= sweepBatch, err
	})
}

// leisurely does a step, and then rests for as long as the step took: whatever there is to
// do, the store is free for decisions half of the time.
func leisurely(ctx context.Context, step func() error) error {
	began := time.Now()
	err := step()
	rest := time.NewTimer(time.Since(began))
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
	}
	return err
}

func (r *Registry) sweepDevices(ctx context.Context, now time.Time) error {
	return drain(ctx, func(ctx context.Context) (int, error) {
		devices, err := r.store.ListDueDevices(ctx, now, now.Add(-policy.PendingFor), sweepBatch)
		for _, d := range devices {
			err = errors.Join(err, r.due(ctx, d, now))
		}
		return len(devices), err
	})
}

const notApproved = "not approved in time"

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
		return system(tx, now).remove(ctx, d, notApproved)
	})
}

func (r *Registry) retain(ctx context.Context, now time.Time) error {
	return r.eachApp(ctx, func(app symbolon.AppID) error { return r.retainApp(ctx, app, now) })
}

// eachApp does something for every app until the context ends. What fails for one keeps it
// from none of the others.
func (r *Registry) eachApp(ctx context.Context, do func(symbolon.AppID) error) error {
	var failed error
	after := symbolon.AppID("")
	err := steps(ctx, func(whole context.Context) (bool, error) {
		apps, err := r.store.ListApps(whole, after, MaxPage)
		if err != nil || len(apps) == 0 {
			return false, err
		}
		after = apps[len(apps)-1].ID
		for _, a := range apps {
			failed = errors.Join(failed, do(a.ID))
		}
		return true, nil
	})
	return errors.Join(failed, err)
}

func (r *Registry) retainApp(ctx context.Context, app symbolon.AppID, now time.Time) error {
	p, err := readPolicy(ctx, r.store, app)
	if err != nil {
		return err
	}
	if keep := p.Retention.IP; keep != nil {
		err = drain(ctx, func(ctx context.Context) (int, error) {
			return r.store.CutAddresses(ctx, app, now.Add(-keep.Std()), sweepBatch)
		})
	}
	if keep := p.Retention.Events; keep != nil && err == nil {
		err = drain(ctx, func(ctx context.Context) (int, error) {
			return r.store.PruneEvents(ctx, app, now.Add(-keep.Std()), sweepBatch, r.signCheckpoint)
		})
	}
	return err
}
