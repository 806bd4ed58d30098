package registry

import (
	"sync"
	"time"
)

// cacheFor is how long an app's settings, or a credential, count without a look at the
// store. Changes made through this process count at once; on other replicas they count
// within this time. Devices and users are never cached.
const cacheFor = time.Second

// maxCached bounds what is remembered of a kind.
const maxCached = 1024

// cache remembers what was read a moment ago.
type cache[K comparable, V any] struct {
	mu    sync.RWMutex
	items map[K]cached[V]
	epoch int // rises with each drop
}

type cached[V any] struct {
	value V
	asOf  time.Time
}

// get gives what is remembered. Where that is nothing, the epoch is to be handed to put.
func (c *cache[K, V]) get(k K, now time.Time) (value V, epoch int, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	item, ok := c.items[k]
	return item.value, c.epoch, ok && fresh(item.asOf, now)
}

// put remembers what was read since get gave the epoch, unless something was dropped
// meanwhile: it may have been read before that change.
func (c *cache[K, V]) put(k K, v V, now time.Time, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch {
		return
	}
	if c.items == nil || len(c.items) >= maxCached {
		c.items = map[K]cached[V]{}
	}
	c.items[k] = cached[V]{v, now}
}

// amend changes what is remembered where f says so, and tells whether it did: of several
// that come at once, one does.
func (c *cache[K, V]) amend(k K, f func(V) (V, bool)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	item, ok := c.items[k]
	if ok {
		item.value, ok = f(item.value)
	}
	if ok {
		c.items[k] = item
	}
	return ok
}

// drop forgets everything. Changes are rare enough for that.
func (c *cache[K, V]) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items, c.epoch = nil, c.epoch+1
}

// fresh is false too for what seems to come from the future: a clock was set back.
func fresh(asOf, now time.Time) bool {
	age := now.Sub(asOf)
	return age >= 0 && age < cacheFor
}
