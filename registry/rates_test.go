package registry_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// What happened counts for ten minutes at most and for 8¾ at least.
func TestARateLooksBackTenMinutes(t *testing.T) {
	for name, row := range map[string]struct {
		later time.Duration
		want  int
	}{
		"at once":                         {0, 3},
		"within the least":                {8*time.Minute + 44*time.Second, 3},
		"after the most":                  {10 * time.Minute, 0},
		"much later":                      {year, 0},
		"by a clock that was set back":    {-time.Minute, 3},
		"by one that was set back by far": {-year, 0},
	} {
		var s registry.Sketch
		for range 3 {
			s.Add(bank, "ada", noon)
		}
		if got := s.Count(bank, "ada", noon.Add(row.later)); got != row.want {
			t.Errorf("%s: %d; want %d", name, got, row.want)
		}
		if got := s.Add(bank, "ada", noon.Add(row.later)); got != row.want+1 {
			t.Errorf("%s, and one more: %d; want %d", name, got, row.want+1)
		}
	}
}

const year = 365 * symbolon.Day

// The window slides: what is old goes while what is new stays.
func TestARateForgetsBitByBit(t *testing.T) {
	var s registry.Sketch
	for minute := range 30 {
		s.Add(bank, "ada", noon.Add(time.Duration(minute)*time.Minute))
	}
	if got := s.Count(bank, "ada", noon.Add(29*time.Minute)); got < 9 || got > 10 {
		t.Errorf("one a minute for half an hour: %d in the last ten", got)
	}
}

func TestRatesOfTwoAppsAreTwo(t *testing.T) {
	var s registry.Sketch
	s.Add(bank, "ada", noon)
	for _, row := range []struct {
		app  symbolon.AppID
		what string
	}{{shop, "ada"}, {"ban", "kada"}, {bank, "ad"}} {
		if got := s.Count(row.app, row.what, noon); got != 0 {
			t.Errorf("%v: %d", row, got)
		}
	}
}

// A sketch may count too much, and hardly does; it never counts too little.
func TestARateIsNeverTooLow(t *testing.T) {
	var s registry.Sketch
	truth, over := map[string]int{}, 0
	for i := range 30_000 { // half of them come twice
		user := fmt.Sprintf("user %d", i%20_000)
		s.Add(bank, user, noon.Add(time.Duration(i%500)*time.Second))
		truth[user]++
	}
	for user, want := range truth {
		got := s.Count(bank, user, noon.Add(500*time.Second))
		if got < want {
			t.Fatalf("%s: %d; it was %d", user, got, want)
		}
		over += got - want
	}
	if over > len(truth)/10 {
		t.Errorf("%d too many over %d users", over, len(truth))
	}
}

func TestRatesAreCountedByManyAtOnce(t *testing.T) {
	var s registry.Sketch
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 30 {
				s.Add(bank, "ada", noon)
			}
		})
	}
	all.Wait()
	if got := s.Count(bank, "ada", noon); got != 240 {
		t.Errorf("%d; want 240", got)
	}
}

// A flood can't overflow a count into a small one.
func TestARateStandsStillAtItsMost(t *testing.T) {
	var s registry.Sketch
	for range 1000 {
		s.Add(bank, "ada", noon)
	}
	if got := s.Count(bank, "ada", noon); got != 255 {
		t.Errorf("%d; want 255", got)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	var s registry.Sketch
	if n := testing.AllocsPerRun(100, func() { s.Add(bank, "a user with an id of a usual length", noon) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAnAddressCountsByItsNetwork(t *testing.T) {
	for name, row := range map[string]struct {
		a, b string
		same bool
	}{
		"one address":           {"192.0.2.7", "192.0.2.7", true},
		"neighbours in IPv4":    {"192.0.2.7", "192.0.2.8", false},
		"one /64":               {"2001:db8::1", "2001:db8::ffff:2", true},
		"two /64s":              {"2001:db8::1", "2001:db8:0:1::1", false},
		"IPv4 and no such IPv6": {"192.0.2.7", "2001:db8::1", false},
	} {
		if same := registry.NetworkOf(row.a) == registry.NetworkOf(row.b); same != row.same {
			t.Errorf("%s: %v", name, same)
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	var s registry.Sketch
	users := make([]string, 4096)
	for i := range users {
		users[i] = fmt.Sprintf("a user with an id of a usual length %d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s.Add(bank, users[i%len(users)], noon.Add(time.Duration(i)*time.Millisecond))
		i++
	}
}
