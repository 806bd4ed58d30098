package registry

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/symbolon-id/symbolon"
)

const (
	// eraseStep is how many events one step of an erasure strips, in a transaction of its own.
	eraseStep = 500
	// stepsAtOnce bounds what one request does of an erasure; the sweep does the rest.
	stepsAtOnce = 40
)

// EraseUser deletes all that is kept of a user but the audit's bare facts. Devices and
// what is kept beside them go at once, and nothing from before counts any more; events are
// stripped in steps, which the sweep finishes where there are many. Blocked devices leave
// tombstones, which name nobody.
func (r *Registry) EraseUser(ctx context.Context, c symbolon.Caller, app symbolon.AppID, user symbolon.UserID) (symbolon.Erasure, error) {
	if _, err := r.open(ctx, c, app, opEraseUsers); err != nil {
		return symbolon.Erasure{}, err
	}
	if _, err := symbolon.ParseUserID(string(user)); err != nil {
		return symbolon.Erasure{}, err
	}
	var done symbolon.Erasure
	err := r.within(ctx, app, func(tx symbolon.Store) error {
		w := writerFor(tx, c)
		if err := r.buryAll(ctx, w, app, user); err != nil {
			return err
		}
		tag, until := r.secrets.current().erasedTag(app, user), c.At.Add(maxTicketTTL+spendMargin)
		if err := tx.PutErased(ctx, app, tag, newEpoch(), until); err != nil {
			return err
		}
		var err error
		if done.Devices, err = tx.EraseUser(ctx, app, user); err != nil {
			return err
		}
		return w.append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventUserErased}, eventData{"devices": done.Devices})
	})
	if err != nil {
		return symbolon.Erasure{}, err
	}
	done.Pending = r.finishErasure(ctx, app, user)
	return done, nil
}

func (r *Registry) buryAll(ctx context.Context, w writer, app symbolon.AppID, user symbolon.UserID) error {
	devices, err := w.devicesOf(ctx, app, user)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.Status != symbolon.StatusBlocked {
			continue
		}
		if err := r.bury(ctx, w, d); err != nil {
			return err
		}
	}
	return nil
}

// finishErasure does what it may at once of an erasure, and says whether some is left. A
// fault leaves it to the sweep: what the caller asked for is recorded.
func (r *Registry) finishErasure(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (pending bool) {
	for range stepsAtOnce {
		more, err := r.store.ContinueErasure(ctx, app, user, eraseStep)
		if err != nil {
			r.log.Error("an erasure goes on later", "app", app, "error", err)
			return true
		}
		if !more {
			return false
		}
	}
	return true
}

// sweepErasures goes on with what requests, or a process that was killed, left to do.
func (r *Registry) sweepErasures(ctx context.Context, now time.Time) error {
	left, err := r.store.ListErasures(ctx, now, sweepBatch)
	if err != nil {
		return err
	}
	for _, e := range left {
		for more := true; more; {
			if more, err = r.store.ContinueErasure(ctx, e.AppID, e.UserID, eraseStep); err != nil {
				return err
			}
		}
	}
	return nil
}

// newEpoch names the time between two revocations of a user.
func newEpoch() string { return rand.Text() }

// userIn is what is known of a user. One who was erased lately has an epoch of their own,
// so that tickets from before are refused, though nothing else is known of them.
func (r *Registry) userIn(ctx context.Context, s symbolon.Store, app symbolon.AppID, user symbolon.UserID) (symbolon.User, error) {
	u, err := s.GetUser(ctx, app, user)
	if err != nil {
		return u, err
	}
	u.AppID, u.ID = app, user
	return r.sinceErased(ctx, s, u)
}

// sinceErased fills in the epoch of a user who has none because they were erased lately.
func (r *Registry) sinceErased(ctx context.Context, s symbolon.Erasures, u symbolon.User) (symbolon.User, error) {
	if u.Epoch != "" {
		return u, nil
	}
	var err error
	for _, secret := range r.secrets {
		if u.Epoch, err = s.GetErased(ctx, u.AppID, secret.erasedTag(u.AppID, u.ID)); err != nil || u.Epoch != "" {
			return u, err
		}
	}
	return u, nil
}
