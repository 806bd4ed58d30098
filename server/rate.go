package server

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/symbolon-id/symbolon"
)

// maxAddresses bounds how many addresses are remembered; the one unseen for longest is
// forgotten first.
const maxAddresses = 1 << 16

// rates limits how often something may happen for each address. nil limits nothing.
type rates struct {
	limit rate.Limit
	burst int

	mu     sync.Mutex
	recent *list.List // of *bucket, the latest first
	byName map[string]*list.Element
}

type bucket struct {
	name  string
	limit *rate.Limiter
}

func newRates(perSecond float64, burst int) *rates {
	if perSecond < 0 {
		return nil
	}
	return &rates{limit: rate.Limit(perSecond), burst: burst, recent: list.New(), byName: map[string]*list.Element{}}
}

// take uses up one turn of the address, or says that there is none.
func (l *rates) take(address string, now time.Time) error {
	if l == nil {
		return nil
	}
	b := l.bucket(address)
	if b.AllowN(now, 1) {
		return nil
	}
	return l.wait(b, now)
}

// giveBack undoes a take.
func (l *rates) giveBack(address string, now time.Time) {
	if l != nil {
		l.bucket(address).AllowN(now, -1)
	}
}

func (l *rates) wait(b *rate.Limiter, now time.Time) error {
	short := 1 - b.TokensAt(now)
	after := max(time.Duration(short/float64(l.limit)*float64(time.Second)), time.Second)
	return retryLater{symbolon.Errorf(symbolon.ErrRateLimited, "too many requests from this address; try again later"), after}
}

func (l *rates) bucket(address string) *rate.Limiter {
	name := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byName[name]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket).limit
	}
	if l.recent.Len() >= maxAddresses {
		oldest := l.recent.Remove(l.recent.Back()).(*bucket)
		delete(l.byName, oldest.name)
	}
	b := &bucket{name: name, limit: rate.NewLimiter(l.limit, l.burst)}
	l.byName[name] = l.recent.PushFront(b)
	return b.limit
}

// network is what one subscriber has: an IPv4 address, or a /64 of IPv6.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil || addr.Is4() {
		return address
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
