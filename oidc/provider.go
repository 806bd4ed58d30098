package oidc

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/symbolon-id/symbolon"
)

// again is the least time between two questions to a provider that brought nothing new:
// who sends tokens with made-up keys must not make us ask more often.
const again = 5 * time.Second

// provider is one issuer and what is known of it.
type provider struct {
	issuer string

	mu sync.Mutex
	knowledge
}

// knowledge is how far it is known.
type knowledge struct {
	known   *published // as it was last read, or nil
	attempt int        // how often it was tried to read it
	tried   time.Time  // when, the last time
	failed  error      // how that ended
}

func (p *provider) state() knowledge {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.knowledge
}

func (p *provider) note(read *published, err error, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempt, p.tried, p.failed = p.attempt+1, now, err
	if err == nil {
		p.known = read
	}
}

// justTried tells whether the provider was asked so lately that it is left alone.
func (s knowledge) justTried(now time.Time) bool {
	return s.attempt > 0 && now.Sub(s.tried).Abs() < again
}

// lasting tells whether what is known counts, if only because the provider is down.
func (s knowledge) lasting(now time.Time) bool {
	return s.known != nil && now.Before(s.known.expires.Add(outage))
}

// published is what counts of a provider now. fresh tells that it was read for this very
// question, so that nothing newer is to be had.
//
// What is about to expire is read again beside the requests. What has expired is waited
// for, once: while the provider is down the last that was read goes on counting, for up to
// a day, and nobody waits.
func (o *Issuers) published(ctx context.Context, p *provider, now time.Time) (got *published, fresh bool, err error) {
	s := p.state()
	switch {
	case s.known != nil && now.Before(s.known.renewAt):
		return s.known, false, nil
	case s.justTried(now) && s.lasting(now):
		return s.known, false, nil
	case s.justTried(now) && s.failed != nil:
		return nil, false, o.silent(p, s.failed)
	case s.lasting(now) && (s.failed != nil || now.Before(s.known.expires)):
		o.refresh(ctx, p, s.attempt, now)
		return s.known, false, nil
	}
	got, err = await[*published](ctx, o.refresh(ctx, p, s.attempt, now))
	if err == nil {
		return got, true, nil
	}
	if s.lasting(now) && ctx.Err() == nil {
		return s.known, false, nil
	}
	return nil, false, o.silent(p, err)
}

// renewed reads a provider again because something was not in what is known of it.
func (o *Issuers) renewed(ctx context.Context, p *provider, now time.Time) (*published, error) {
	s := p.state()
	if s.justTried(now) {
		said := symbolon.Errorf(symbolon.ErrUnavailable, "the token's key is none that its issuer published a moment ago, and it may be newer; try again in %d seconds", int(again.Seconds()))
		said.RetryAfter = again - now.Sub(s.tried).Abs()
		return nil, because(said, s.failed)
	}
	got, err := await[*published](ctx, o.refresh(ctx, p, s.attempt, now))
	if err != nil {
		return nil, o.silent(p, err)
	}
	return got, nil
}

func (o *Issuers) silent(p *provider, cause error) error {
	return unavailable(cause, "the token's issuer %s can't be asked now; try again later", p.issuer)
}

// refresh reads a provider, once for all who want that at the same time; none who leaves
// takes it from the others. seen is the attempt after which it was wanted: where there was
// another since, that will do.
func (o *Issuers) refresh(ctx context.Context, p *provider, seen int, now time.Time) <-chan singleflight.Result {
	return o.fetches.DoChan(p.issuer, func() (any, error) {
		if s := p.state(); s.attempt != seen {
			return s.known, s.failed
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
		defer cancel()
		got, err := o.read(ctx, p.issuer, now)
		p.note(got, err, now)
		if err != nil {
			o.log.Warn("an issuer of OIDC tokens can't be asked", "issuer", p.issuer, "error", err)
		}
		return got, err
	})
}

// await gives what a flight brings, unless the caller leaves before.
func await[T any](ctx context.Context, flight <-chan singleflight.Result) (got T, err error) {
	select {
	case r := <-flight:
		if r.Err == nil {
			got = r.Val.(T)
		}
		return got, r.Err
	case <-ctx.Done():
		return got, ctx.Err()
	}
}
