package bank

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// After a burst of wrong guesses, one more is free each time the pause has passed.
const (
	guessBurst  = 5
	guessPause  = time.Minute
	maxGuessers = 10_000
)

// attempts slow guessing down, for each name and each address apart.
type attempts struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

func newAttempts() *attempts { return &attempts{limiters: map[string]*rate.Limiter{}} }

// guess runs a check that may only fail so often under any of the keys. A guess that was
// right costs nothing.
func (a *attempts) guess(now time.Time, check func() error, keys ...string) error {
	var taken []*rate.Reservation
	giveBack := func() {
		for _, r := range taken {
			r.CancelAt(now)
		}
	}
	for _, key := range keys {
		r := a.limiter(now, key).ReserveN(now, 1)
		taken = append(taken, r)
		if wait := r.DelayFrom(now); wait > 0 {
			giveBack()
			return &problem{
				status: http.StatusTooManyRequests, retryAfter: wait,
				Code: "too_many_attempts", Message: "too many wrong attempts; wait a minute",
			}
		}
	}
	err := check()
	if err == nil {
		giveBack()
	}
	return err
}

func (a *attempts) limiter(now time.Time, key string) *rate.Limiter {
	a.mu.Lock()
	defer a.mu.Unlock()
	if l, ok := a.limiters[key]; ok {
		return l
	}
	if len(a.limiters) >= maxGuessers {
		a.forgetIdle(now)
	}
	l := rate.NewLimiter(rate.Every(guessPause), guessBurst)
	a.limiters[key] = l
	return l
}

// forgetIdle drops those that would allow a whole burst: a new one would say the same.
func (a *attempts) forgetIdle(now time.Time) {
	for key, l := range a.limiters {
		if l.TokensAt(now) >= guessBurst {
			delete(a.limiters, key)
		}
	}
}
