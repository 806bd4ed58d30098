package middleware

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Replays remembers which proofs were used. Replicas that serve the same URLs must share
// one, or a proof counts once on each of them.
type Replays interface {
	// Spend notes a proof, and tells whether it was new; the two must be one step. An error
	// means that it could not be noted: the request is then answered 503, not admitted.
	Spend(ctx context.Context, p SpentProof) (first bool, err error)
}

// SpentProof is a proof that is used now.
type SpentProof struct {
	ID         [32]byte  // SHA-256 of the key's thumbprint, a space and the proof's jti
	Thumbprint string    // of the key, so that none need get more than its share
	At         time.Time // now
	Until      time.Time // when it may be forgotten: it is too old then anyway
}

const (
	// DefaultReplays is how many proofs a [ReplayMemory] holds if nothing else is said: a
	// thousand a second for as long as a proof counts, in some ten megabytes.
	DefaultReplays = 1 << 17

	replaySpan  = 10 * time.Second // proofs that end in the same span are forgotten together
	replayShare = 16               // of the whole a key gets one part of so many
)

// ReplayMemory is the memory of one process. When it is full it refuses: to forget a proof
// early would be to let it count twice. One key gets a sixteenth of it, so that a device that
// sends proofs without end shuts out itself and no other.
type ReplayMemory struct {
	most int

	mu    sync.Mutex
	size  int
	spans map[int64]span // by when they may be forgotten
}

// span holds the proofs that may be forgotten together.
type span struct {
	used  map[[32]byte]struct{}
	byKey map[string]int // how many there are of each key
}

// NewReplayMemory makes a memory that holds at most so many proofs; 0 for [DefaultReplays].
func NewReplayMemory(most int) *ReplayMemory {
	if most <= 0 {
		most = DefaultReplays
	}
	return &ReplayMemory{most: most, spans: map[int64]span{}}
}

// Spend implements [Replays].
func (m *ReplayMemory) Spend(_ context.Context, p SpentProof) (first bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(p.At)
	own := 0
	for _, s := range m.spans {
		if _, used := s.used[p.ID]; used {
			return false, nil
		}
		own += s.byKey[p.Thumbprint]
	}
	if m.size >= m.most {
		return false, fmt.Errorf("the memory of used proofs is full: it holds %d", m.most)
	}
	if share := max(m.most/replayShare, 1); own >= share {
		return false, fmt.Errorf("the key %s has used its share of the memory of used proofs, %d", p.Thumbprint, share)
	}
	m.note(p)
	return true, nil
}

func (m *ReplayMemory) note(p SpentProof) {
	end := spanOf(p.Until)
	s, ok := m.spans[end]
	if !ok {
		s = span{used: map[[32]byte]struct{}{}, byKey: map[string]int{}}
		m.spans[end] = s
	}
	s.used[p.ID] = struct{}{}
	s.byKey[p.Thumbprint]++
	m.size++
}

func (m *ReplayMemory) forget(now time.Time) {
	for end, s := range m.spans {
		if end < spanOf(now) {
			m.size -= len(s.used)
			delete(m.spans, end)
		}
	}
}

func spanOf(t time.Time) int64 { return t.Unix() / int64(replaySpan/time.Second) }
