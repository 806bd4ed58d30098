package registry

import (
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
