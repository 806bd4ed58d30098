package symbolon_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
)

var (
	lisbon = symbolon.Place{Location: "Lisbon, PT", Country: "PT", Latitude: 38.72, Longitude: -9.14, Radius: 20, ASN: 64500, Network: "Home"}
	mobile = symbolon.Place{Location: "Portugal", Country: "PT", Latitude: 39.5, Longitude: -8, Radius: 500, ASN: 64501, Network: "Mobile"}
	rio    = symbolon.Place{Location: "Rio de Janeiro, BR", Country: "BR", Latitude: -22.9, Longitude: -43.2, Radius: 50, ASN: 64502}
)

// seenAt is a history of one place after the other, the given hours after noon.
func seenAt(places map[int]symbolon.Place) (h symbolon.History) {
	for i := range 24 {
		if p, ok := places[i]; ok {
			h = h.With(p, noon.Add(time.Duration(i)*hour))
		}
	}
	return h
}

func TestAHistoryLearnsOnlyWhatItDoesNotKnow(t *testing.T) {
	home := seenAt(map[int]symbolon.Place{0: mobile, 2: lisbon})
	near := lisbon
	near.Latitude = 38.8
	renamed := lisbon
	renamed.Network, renamed.TimeZone = "Casa", "Europe/Lisbon"
	for rule, c := range map[string]struct {
		history symbolon.History
		place   symbolon.Place
		at      time.Duration
		want    bool
	}{
		"nothing from an unknown place":               {home, symbolon.Place{}, 5 * hour, false},
		"the first place there is":                    {symbolon.History{}, lisbon, 0, true},
		"nothing of a visit that hardly grew":         {home, lisbon, 2*hour + 10*time.Minute - 1, false},
		"that a visit grew by ten minutes":            {home, lisbon, 2*hour + 10*time.Minute, true},
		"nothing of the time before the visit":        {home, lisbon, hour, false},
		"another place":                               {home, rio, 2 * hour, true},
		"a place where it was before, but not latest": {home, mobile, 2 * hour, true},
		"another point of the same network":           {home, near, 2 * hour, true},
		"nothing of what it does not keep":            {home, renamed, 2 * hour, false},
	} {
		if got := c.history.Misses(c.place, noon.Add(c.at)); got != c.want {
			t.Errorf("a history learns %s: got %v, want %v", rule, got, c.want)
		}
	}
}

func TestAHistoryIsOfVisitsTheLatestFirst(t *testing.T) {
	moved := lisbon
	moved.Latitude, moved.Radius = 38.8, 5
	got := seenAt(map[int]symbolon.Place{0: lisbon, 1: mobile, 3: rio, 4: moved})
	visit := func(p symbolon.Place, first, last time.Duration) symbolon.Visit {
		return symbolon.Visit{
			Location: p.Location, Country: p.Country, ASN: p.ASN,
			Latitude: p.Latitude, Longitude: p.Longitude, Radius: p.Radius,
			First: noon.Add(first), Last: noon.Add(last),
		}
	}
	want := symbolon.History{Visits: []symbolon.Visit{visit(moved, 0, 4*hour), visit(rio, 3*hour, 3*hour), visit(mobile, hour, hour)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if late := got.With(lisbon, noon.Add(2*hour)); !reflect.DeepEqual(late, want) {
		t.Errorf("being told late of a time within a visit changed it: %+v", late)
	}
	if earlier := got.With(rio, noon.Add(2*hour)); !earlier.Visits[1].First.Equal(noon.Add(2 * hour)) {
		t.Errorf("a visit that began earlier still begins at %v", earlier.Visits[1].First)
	}
}

func TestTheZeroPlaceLeavesAHistoryAsItIs(t *testing.T) {
	h := seenAt(map[int]symbolon.Place{0: lisbon})
	if got := h.With(symbolon.Place{}, noon.Add(hour)); !reflect.DeepEqual(got, h) {
		t.Errorf("got %+v", got)
	}
	hidden := symbolon.Place{Anonymous: true, TimeZone: "Europe/Lisbon"}
	if got := h.With(hidden, noon.Add(hour)); len(got.Visits) != 2 {
		t.Errorf("a place of which only that it hides is known is a place too: %+v", got)
	}
}

func TestACutHistoryKeepsCountriesAndNetworks(t *testing.T) {
	h := seenAt(map[int]symbolon.Place{0: lisbon, 3: rio})
	got := h.Cut(noon.Add(3 * hour))
	old := symbolon.Visit{Country: "PT", ASN: 64500, First: noon, Last: noon}
	if want := []symbolon.Visit{h.Visits[0], old}; !slices.Equal(got.Visits, want) {
		t.Errorf("got %+v, want %+v", got.Visits, want)
	}
	if h.Visits[1].Radius == 0 {
		t.Error("the history itself was cut")
	}
}

// sighting is that a device was somewhere; no two are at the same time.
type sighting struct {
	place symbolon.Place
	at    time.Time
}

func sightings(t *rapid.T, places int) (list []sighting) {
	for _, minute := range rapid.SliceOfNDistinct(rapid.IntRange(0, 100_000), 1, 60, rapid.ID[int]).Draw(t, "minutes") {
		n := rapid.IntRange(1, places).Draw(t, "place")
		at := noon.Add(time.Duration(minute) * time.Minute)
		list = append(list, sighting{symbolon.Place{Country: fmt.Sprint("C", n%3), ASN: uint32(n), Latitude: float64(minute), Radius: 1}, at}) //nolint:gosec // small
	}
	return list
}

func historyOf(list []sighting) (h symbolon.History) {
	for _, s := range list {
		h = h.With(s.place, s.at)
	}
	return h
}

// places leaves out when a visit began: that is forgotten with a place that makes room
// for another, and so depends on the order.
func places(h symbolon.History) (list []symbolon.Visit) {
	for _, v := range h.Visits {
		v.First = time.Time{}
		list = append(list, v)
	}
	return list
}

func TestAHistoryIsBoundedAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := historyOf(sightings(t, 30))
		if len(h.Visits) > symbolon.MaxVisits {
			t.Fatalf("%d visits", len(h.Visits))
		}
		if !slices.IsSortedFunc(h.Visits, func(a, b symbolon.Visit) int { return b.Last.Compare(a.Last) }) {
			t.Fatalf("not the latest first: %+v", h)
		}
		for _, v := range h.Visits {
			if v.First.After(v.Last) {
				t.Fatalf("a visit ended before it began: %+v", v)
			}
		}
	})
}

func TestAHistoryIsTheSameInWhateverOrderItIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := sightings(t, 30)
		told, mixed := historyOf(list), historyOf(rapid.Permutation(list).Draw(t, "order"))
		if !reflect.DeepEqual(places(told), places(mixed)) {
			t.Fatalf("one order gives %+v, another %+v", told, mixed)
		}
		few := sightings(t, symbolon.MaxVisits)
		if told, mixed := historyOf(few), historyOf(rapid.Permutation(few).Draw(t, "order of few")); !reflect.DeepEqual(told, mixed) {
			t.Fatalf("of few places one order gives %+v, another %+v", told, mixed)
		}
	})
}

func TestBeingToldAgainChangesNoHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := sightings(t, symbolon.MaxVisits)
		once := historyOf(list)
		if twice := historyOf(append(list, list...)); !reflect.DeepEqual(once, twice) {
			t.Fatalf("once gives %+v, twice %+v", once, twice)
		}
		if joined := once.Joined(once); !reflect.DeepEqual(once, joined) {
			t.Fatalf("joined with itself it is %+v, not %+v", joined, once)
		}
	})
}

func TestTwoHistoriesJoinedAreOneThatWasToldBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := sightings(t, 30)
		cut := rapid.IntRange(0, len(list)).Draw(t, "cut")
		whole, joined := historyOf(list), historyOf(list[:cut]).Joined(historyOf(list[cut:]))
		if !reflect.DeepEqual(places(whole), places(joined)) {
			t.Fatalf("told both %+v, joined %+v", whole, joined)
		}
	})
}
