package risk_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// names are the codes of the reasons, strongest first.
func names(r symbolon.Risk) string {
	var all []string
	for _, reason := range r.Reasons {
		all = append(all, reason.Code)
	}
	return strings.Join(all, " ")
}

func TestStories(t *testing.T) {
	for _, c := range []struct {
		what    string
		change  func(*request)
		from    int
		to      int
		reasons string
	}{
		{"the browser and the system were updated this morning", func(r *request) {
			conn, signals := updated()
			r.looks(t, conn, signals)
			r.Signals.Automation = risk.Automation{}
		}, 0, 9, ""},
		{"so they were, and the laptop is on a train", func(r *request) {
			conn, signals := updated()
			r.looks(t, conn, signals)
			r.Signals.Automation = risk.Automation{}
			train := newYork
			train.ASN = 64999
			r.Place = train
		}, 0, 9, "new_network"},
		{"collection is turned off", func(r *request) { r.looks(t, laptop(), ``) }, 0, 0, ""},
		{"nothing at all is known but the proof", func(r *request) {
			r.Scene = risk.Scene{Now: now, Proof: symbolon.ProofValid}
		}, 0, 0, ""},
		{"the key is used on another machine at the same place", func(r *request) {
			r.looks(t, laptop(), otherMachine.Replace(webSignals))
			r.Signals.Automation = risk.Automation{}
		}, 40, 69, "fingerprint_drift"},
		{"the key is used on another machine, far away at once", func(r *request) {
			r.looks(t, laptop(), otherMachine.Replace(webSignals))
			r.Signals.Automation = risk.Automation{}
			at(lisbon)(r)
			been(seen(newYork, hour))(r)
		}, 70, 100, "impossible_travel fingerprint_drift new_country new_network"},
		{"a stolen password on another machine", func(r *request) { r.unknown(seen(newYork, day)) }, 0, 40, "unknown_device"},
		{"a stolen password in another country", func(r *request) {
			r.unknown(seen(newYork, day))
			at(lisbon)(r)
		}, 40, 69, "unknown_device new_country new_network"},
	} {
		r := usual(t)
		c.change(r)
		got := r.assess()
		if got.Score < c.from || got.Score > c.to || names(got) != c.reasons {
			t.Errorf("%s: %d %q, want %d to %d %q", c.what, got.Score, names(got), c.from, c.to, c.reasons)
		}
	}
}

// Of unlike requests, each reason has a code that policies know and a sentence.
func TestEveryReasonCanBeReadOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := anyRequest(t, rt)
		got := r.assess()
		for _, reason := range got.Reasons {
			sentence := reason.Detail
			if !slices.Contains(codes, reason.Code) || reason.Weight < 1 || reason.Weight > 100 ||
				!strings.HasSuffix(sentence, ".") || !fit(sentence, 500) || strings.Contains(sentence, "  ") {
				rt.Fatalf("%+v", reason)
			}
		}
		if again := r.assess(); again.Score != got.Score || names(again) != names(got) {
			rt.Fatalf("the same request has %+v and %+v", got, again)
		}
	})
}

// anyRequest draws a request in which anything may be odd or missing.
func anyRequest(t *testing.T, rt *rapid.T) *request {
	r := usual(t)
	counts := rapid.SliceOfN(rapid.IntRange(0, 2000), 9, 9).Draw(rt, "counts")
	r.Failures, r.Replays, r.UserRate, r.DeviceRate, r.AddressRate = counts[0], counts[1], counts[2], counts[3], counts[4]
	r.Around = symbolon.Around{UserDevices: counts[5], KeyUsers: counts[6], HardwareUsers: counts[7]}
	r.Place = rapid.SampledFrom([]symbolon.Place{{}, newYork, boston, lisbon, {ASN: 7}, {Country: "DE"}, {Latitude: 90, Longitude: 180, Radius: 1}}).Draw(rt, "place")
	r.Signals.TimeZone = rapid.SampledFrom([]string{"", "UTC", "Asia/Tokyo", "No/Where"}).Draw(rt, "time zone")
	r.looks(t, risk.Connection{UserAgent: rapid.SampledFrom([]string{"", chromeMac, chromeAndroid, "curl/8.4.0", "\x00"}).Draw(rt, "agent")},
		rapid.SampledFrom([]string{"", webSignals, appSignals, `{"automation": {"marks": [""]}, "deviceModel": "Simulator", "jailbroken": true}`}).Draw(rt, "signals"))
	visits := rapid.SliceOfN(rapid.SampledFrom([]symbolon.Visit{{}, seen(newYork, 0), seen(lisbon, hour), elsewhere("FR", 3), seen(boston, -hour)}), 0, 8).Draw(rt, "visits")
	switch rapid.IntRange(0, 2).Draw(rt, "device") {
	case 0:
		r.unknown(visits...)
	case 1:
		r.Device = &symbolon.Device{}
	case 2:
		r.Device.History.Visits = visits
		r.Device.LastUsedAt = new(now.Add(-day * 100 * 365))
	}
	return r
}

// However long a device is known, and however many neighbours it has.
func TestAssessAllocatesNothingThatGrowsWithHistory(t *testing.T) {
	short, full := usual(t), usual(t)
	full.fill(symbolon.MaxVisits, 8, t)
	few := testing.AllocsPerRun(50, func() { short.assess() })
	many := testing.AllocsPerRun(50, func() { full.assess() })
	if many > few {
		t.Errorf("%v allocations, and %v with a full history", few, many)
	}
}

func TestExplainShowsWhatWasReadAndWhatCameOfIt(t *testing.T) {
	r := usual(t)
	r.looks(t, laptop(), otherMachine.Replace(webSignals))
	r.Place.Anonymous = true
	read := map[string]symbolon.SignalRead{}
	for _, signal := range risk.Explain(r.Scene, r.History, r.policy) {
		if _, twice := read[signal.Name]; twice {
			t.Errorf("%s is listed twice", signal.Name)
		}
		read[signal.Name] = signal
	}
	for _, want := range []symbolon.SignalRead{
		{Name: "device.drift", Value: "32%", Reason: "fingerprint_drift", Points: 53},
		{Name: "cores", Value: "12", Reason: "fingerprint_drift", Points: 53},
		{Name: "webgl.vendor", Value: "Google Inc. (Apple)"},
		{Name: "place.anonymous", Value: "true", Reason: "anonymous_network", Points: 30},
		{Name: "place.network", Value: "Hudson Fibre (AS64500)"},
		{Name: "place.point", Value: "40.71, -74.01 ± 20 km"},
		{Name: "device.registered", Value: "2025-03-02T09:00:00Z"},
		{Name: "connection.language", Value: "en-US"},
		{Name: "timeZone", Value: "America/New_York"},
		{Name: "emulator"},
		{Name: "automation.marks", Value: "outer size is 0", Reason: "automation", Points: 23},
	} {
		if got := read[want.Name]; got != want {
			t.Errorf("\n got %+v\nwant %+v", got, want)
		}
	}
}

// Whatever gave rise to a reason is among the signals, and the other way round.
func TestExplainAgreesWithAssess(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := anyRequest(t, rt)
		shown := map[string]int{}
		for _, signal := range risk.Explain(r.Scene, r.History, r.policy) {
			if signal.Reason != "" {
				shown[signal.Reason] = signal.Points
			}
		}
		reasons := r.assess().Reasons
		for _, reason := range reasons {
			if points, found := shown[reason.Code]; !found || points != reason.Points {
				rt.Fatalf("%+v is shown with %d points, %v", reason, points, found)
			}
		}
		if len(shown) != len(reasons) {
			rt.Fatalf("%d reasons, %d shown", len(reasons), len(shown))
		}
	})
}
