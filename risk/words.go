package risk

import (
	"strconv"
	"strings"
	"time"
)

// ramp is least at from and rises evenly to 100 at full; below from it is 0.
func ramp(n, from, full, least int) int {
	switch {
	case n < from:
		return 0
	case n >= full:
		return 100
	}
	return least + (100-least)*(n-from)/(full-from)
}

// lasting says how long a time is, in its largest whole unit.
func lasting(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return count(max(int(d/time.Minute), 1), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// listed puts names into a sentence: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
