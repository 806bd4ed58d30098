package registry

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// How often a census is taken, and of how many devices it is taken while someone waits.
const (
	censusCheck = 10 * time.Second // how often Run asks which app is due
	censusEvery = time.Minute      // of a small app
	censusStays = time.Hour        // how long one may stand that still tells the truth
	censusShare = 50               // of a large one: so many times longer than it took
	censusPage  = 200
	censusWait  = 2000
	censusGuess = 30 * time.Microsecond // what a device takes, where nothing is known of it
)

// GetCensus gives how many devices of which kind the app had of late; its time may be up to
// an hour past where nothing has changed since. Where none was taken
// yet, that of a small app is taken at once; that of a large one has the zero At, and counts
// nothing, until the first is finished.
func (r *Registry) GetCensus(ctx context.Context, c symbolon.Caller, app symbolon.AppID) (symbolon.Census, error) {
	s, err := r.open(ctx, c, app, opReadDevices)
	if err != nil {
		return symbolon.Census{}, err
	}
	last, err := r.store.GetCensus(ctx, app)
	if !errors.Is(err, symbolon.ErrNotFound) {
		return last, err
	}
	count := newCensusCount(s.policy.Trust, c.At)
	for range censusWait / censusPage {
		more, err := count.step(ctx, r.store, app)
		if err != nil {
			return symbolon.Census{}, err
		}
		if !more {
			return count.census(app, c.At), nil
		}
	}
	return symbolon.Census{AppID: app, Counts: []symbolon.CensusCount{}}, nil
}

// censuses are when each app's last census was taken, and how long the work on it took. Who
// takes censuses holds the lock.
type censuses struct {
	mu   sync.Mutex
	last map[symbolon.AppID]censusTime
}

type censusTime struct {
	at   time.Time
	took time.Duration
}

// due tells whether it is time for the next one.
func (c censusTime) due(now time.Time) bool {
	return now.Sub(c.at) >= max(censusEvery, censusShare*c.took)
}

// TakeCensuses counts the devices of each app whose census is due, as Run does by itself: a
// small app's each minute, and a large one's so that it takes a fiftieth of the time. What
// it then finds is written down where it differs from the last one, or that is an hour old.
func (r *Registry) TakeCensuses(ctx context.Context, now time.Time) error {
	r.censuses.mu.Lock()
	defer r.censuses.mu.Unlock()
	began := time.Now()
	known := map[symbolon.AppID]censusTime{} // without removed apps
	err := r.eachApp(ctx, func(app symbolon.AppID) (err error) {
		known[app], err = r.takeCensus(ctx, app, now.Add(time.Since(began)))
		return err
	})
	if ctx.Err() == nil {
		r.censuses.last = known
	}
	return err
}

// takeCensus gives when the app's last census was taken, now or earlier. It is not taken
// where the context ends before.
func (r *Registry) takeCensus(ctx context.Context, app symbolon.AppID, now time.Time) (censusTime, error) {
	last := r.censuses.last[app]
	if !last.due(now) {
		return last, nil
	}
	var stored symbolon.Census
	var p symbolon.Policy
	whole := context.WithoutCancel(ctx)
	err := leisurely(ctx, func() (err error) {
		if stored, err = r.lastCensus(whole, app); err == nil {
			p, err = readPolicy(whole, r.store, app)
		}
		return err
	})
	if last = last.orLater(stored); err != nil || !last.due(now) {
		return last, err
	}
	began, count := time.Now(), newCensusCount(p.Trust, now)
	work, done, err := count.walk(ctx, r.store, app)
	if err != nil || !done {
		return last, err
	}
	taken := count.census(app, now.Add(time.Since(began)))
	last = censusTime{taken.At, work}
	if tellsTheSame(stored, taken) && taken.At.Sub(stored.At) < censusStays {
		return last, nil
	}
	return last, leisurely(ctx, func() error { return r.store.PutCensus(whole, taken) })
}

// lastCensus is the stored one: another replica may have taken it, or this one before it
// was started anew.
func (r *Registry) lastCensus(ctx context.Context, app symbolon.AppID) (symbolon.Census, error) {
	stored, err := r.store.GetCensus(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.Census{}, nil
	}
	return stored, err
}

// orLater is the stored one's time where that is later.
func (c censusTime) orLater(stored symbolon.Census) censusTime {
	if stored.At.After(c.at) {
		c.at = stored.At
	}
	if c.took == 0 {
		c.took = time.Duration(stored.Devices) * censusGuess
	}
	return c
}

func tellsTheSame(a, b symbolon.Census) bool {
	return a.Devices == b.Devices && a.Users == b.Users && slices.Equal(a.Counts, b.Counts)
}
