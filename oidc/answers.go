package oidc

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxAnswers bounds what is remembered of each kind; beyond it all is asked anew.
const maxAnswers = 4096

type answerKey [sha256.Size]byte

// answers are what issuers said of opaque tokens a moment ago. Tokens that are not active
// have a place of their own: whoever makes tokens up pushes out no good one.
type answers struct {
	mu           sync.Mutex
	active, none map[answerKey]answer
}

type answer struct {
	claims claims // nil where the token is not active
	until  time.Time
}

func (a *answers) get(k answerKey, now time.Time) (claims, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, kept := range []map[answerKey]answer{a.active, a.none} {
		if found, ok := kept[k]; ok && now.Before(found.until) {
			return found.claims, true
		}
	}
	return nil, false
}

func (a *answers) put(k answerKey, said claims, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, other := &a.active, a.none
	if said == nil {
		kept, other = &a.none, a.active
	}
	delete(other, k)
	if *kept == nil || len(*kept) >= maxAnswers {
		*kept = map[answerKey]answer{}
	}
	(*kept)[k] = answer{said, until}
}
