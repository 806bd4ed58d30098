package symbolon_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func TestWhatADecisionIsCountedAs(t *testing.T) {
	event := func(name string) counted { return counted{symbolon.TallyEvent, name} }
	plain := []counted{
		event("device.decided"),
		{symbolon.TallyRecommendation, "ALLOW"},
		{symbolon.TallySecondFactor, "require"},
		{symbolon.TallyScore, "0"},
	}
	for rule, c := range map[string]struct {
		event symbolon.Event
		want  []counted
	}{
		"one without reasons, by its answer":   {decided(0, func(_ *symbolon.Event, d *symbolon.Decided) { d.Place = nil }), plain},
		"a country only where one is known":    {decided(0, nil), append(plain[:4:4], counted{symbolon.TallyCountry, "GB"})},
		"one that was erased, by its type":     {erased(decided(0, nil)), plain[:1]},
		"one whose proof was not valid, too":   {decided(0, func(_ *symbolon.Event, d *symbolon.Decided) { d.ProofResult = symbolon.ProofInvalid }), plain[:1]},
		"whatever is no decision, by its type": {symbolon.Event{Type: symbolon.EventDeviceBlocked, At: noon, Data: []byte(`{"score":50}`)}, []counted{event("device.blocked")}},
		"everything that there is to count": {
			decided(0, func(_ *symbolon.Event, d *symbolon.Decided) {
				d.Score, d.Place = 100, &symbolon.Place{Country: "BR"}
				d.Reasons = []symbolon.DecidedReason{{Code: "new_country", Weight: 100}, {Code: "not_trusted"}}
				d.Rules, d.Previews = []string{"abroad"}, []string{"stricter", "strictest"}
			}),
			append(plain[:3:3], []counted{
				{symbolon.TallyScore, "100"},
				{symbolon.TallyReason, "new_country"},
				{symbolon.TallyReason, "not_trusted"},
				{symbolon.TallyCountry, "BR"},
				{symbolon.TallyRule, "abroad"},
				{symbolon.TallyPreview, "stricter"},
				{symbolon.TallyPreview, "strictest"},
			}...),
		},
	} {
		if got := countedAs(t, c.event); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", rule, got, c.want)
		}
	}
}

type counted struct {
	kind symbolon.TallyKind
	name string
}

// countedAs wants each to count one.
func countedAs(t *testing.T, e symbolon.Event) (list []counted) {
	t.Helper()
	for _, tally := range e.Tallies() {
		if tally.Count != 1 {
			t.Errorf("%s %s counts %d", tally.Kind, tally.Name, tally.Count)
		}
		list = append(list, counted{tally.Kind, tally.Name})
	}
	return list
}

func TestScoresAreCountedByTens(t *testing.T) {
	for score, want := range map[int]string{0: "0", 9: "0", 10: "10", 47: "40", 99: "90", 100: "100"} {
		got := countedAs(t, decided(0, func(_ *symbolon.Event, d *symbolon.Decided) { d.Score = score }))
		if got[3] != (counted{symbolon.TallyScore, want}) {
			t.Errorf("%d is counted as %v, want %s", score, got[3], want)
		}
	}
}

func TestAnHourIsCountedFromItsBeginningInUTC(t *testing.T) {
	half := time.FixedZone("half an hour off", 5*3600+1800)
	for at, want := range map[time.Time]time.Time{
		noon:                                noon,
		noon.Add(hour - 1):                  noon,
		noon.Add(-1):                        noon.Add(-hour),
		noon.Add(29 * time.Minute).In(half): noon,
		time.Unix(-1, 0):                    time.Unix(-3600, 0),
	} {
		for _, tally := range (symbolon.Event{Type: symbolon.EventAppUpdated, At: at}).Tallies() {
			if !tally.Hour.Equal(want) || tally.Hour.Location() != time.UTC {
				t.Errorf("%v is counted in the hour of %v, want %v", at, tally.Hour, want)
			}
		}
	}
}
