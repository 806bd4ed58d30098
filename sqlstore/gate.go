package sqlstore

import "sync"

// gate lets callers in until it is shut, and knows when the last of them has left.
type gate struct {
	mu      sync.RWMutex
	closed  bool
	callers sync.WaitGroup
}

// enter is for each caller, who must leave if it gives no error.
func (g *gate) enter() error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return unavailable(errClosed)
	}
	g.callers.Add(1)
	return nil
}

func (g *gate) leave() { g.callers.Done() }

// shut waits for everyone to leave. It is true for the first who shuts it.
func (g *gate) shut() bool {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	if first {
		g.callers.Wait()
	}
	return first
}
