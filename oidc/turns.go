package oidc

import "sync"

// Questions about opaque tokens that may be under way at once: at one place, so that one
// that is slow takes nothing from the others, and at all.
const (
	maxAsks    = 16
	maxAllAsks = 512
)

// turns are the questions that are under way. The zero value is ready.
type turns struct {
	mu  sync.Mutex
	all int
	at  map[string]int // by place, where there are any
}

// take is false where too many are under way.
func (t *turns) take(place string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all >= maxAllAsks || t.at[place] >= maxAsks {
		return false
	}
	if t.at == nil {
		t.at = map[string]int{}
	}
	t.all++
	t.at[place]++
	return true
}

func (t *turns) giveBack(place string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.at[place]--; t.at[place] == 0 {
		delete(t.at, place)
	}
}
