package registry

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Sketch lets the tests count as the service does.
type Sketch struct{ s sketch }

// Add counts one more of what, and gives the count with it.
func (s *Sketch) Add(app symbolon.AppID, what string, now time.Time) int {
	return s.s.add(rateKeyOf(app, what), now)
}

// Count is how often it came lately.
func (s *Sketch) Count(app symbolon.AppID, what string, now time.Time) int {
	return s.s.count(rateKeyOf(app, what), now)
}

// NetworkOf is what an address is counted under.
var NetworkOf = networkOf

// TokenMemory lets the tests remember as the service does.
type TokenMemory struct{ m tokenMemory }

// Add remembers a token for the n-th pass.
func (t *TokenMemory) Add(n int, now time.Time) {
	t.m.get(nameOf(n), tokenBasis{}, now, func() (string, error) { return "token", nil }) //nolint:errcheck // it can't fail
}

// Has tells whether the n-th pass has a token.
func (t *TokenMemory) Has(n int) bool {
	name := nameOf(n)
	s := &t.m[name[0]%tokenShards]
	_, young := s.young[name]
	_, old := s.old[name]
	return young || old
}

// Len is how many tokens are remembered.
func (t *TokenMemory) Len() int {
	n := 0
	for i := range t.m {
		n += len(t.m[i].young) + len(t.m[i].old)
	}
	return n
}

func nameOf(n int) [sha256.Size]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// Distinct lets the tests count different texts as a census does.
type Distinct struct{ d distinct }

// Add counts a text, unless it was there.
func (d *Distinct) Add(text string) {
	if d.d.seen == nil {
		d.d = newDistinct()
	}
	d.d.add(text)
}

// Count is how many there were, or about so many.
func (d *Distinct) Count() int { return int(d.d.count()) }

// Kept is how many are in memory.
func (d *Distinct) Kept() int { return len(d.d.seen) }
