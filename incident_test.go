package symbolon_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func TestASpanHoldsItsEndsAndAMissingOneIsOpen(t *testing.T) {
	for _, c := range []struct {
		span symbolon.Between
		at   time.Duration
		want bool
	}{
		{symbolon.Between{From: after(0), To: after(hour)}, 0, true},
		{symbolon.Between{From: after(0), To: after(hour)}, hour, true},
		{symbolon.Between{From: after(0), To: after(hour)}, -1, false},
		{symbolon.Between{From: after(0), To: after(hour)}, hour + 1, false},
		{symbolon.Between{From: after(0)}, 1000 * symbolon.Day, true},
		{symbolon.Between{To: after(0)}, -1000 * symbolon.Day, true},
		{symbolon.Between{To: after(0)}, 1, false},
		{symbolon.Between{}, 0, true},
	} {
		if got := c.span.Contains(noon.Add(c.at)); got != c.want {
			t.Errorf("%v after noon is in %v to %v: got %v, want %v", c.at, c.span.From, c.span.To, got, c.want)
		}
	}
}
