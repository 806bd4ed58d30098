package symbolon_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
)

func TestDurationsAreReadAndWritten(t *testing.T) {
	for text, c := range map[string]struct {
		want    time.Duration
		written string
	}{
		"P30D":         {30 * day, "P30D"},
		"PT10M":        {10 * minute, "PT10M"},
		"P1W":          {7 * day, "P7D"},
		"P1W2DT3H4M5S": {9*day + 3*hour + 4*minute + 5*time.Second, "P9DT3H4M5S"},
		"PT24H":        {day, "P1D"},
		"PT90S":        {90 * time.Second, "PT1M30S"},
		"PT36H":        {36 * hour, "P1DT12H"},
		"P007D":        {7 * day, "P7D"},
		"P0DT1S":       {time.Second, "PT1S"},
		"P5214W2D":     {36500 * day, "P36500D"},
		"P36500D":      {36500 * day, "P36500D"},
		"PT999999999S": {999999999 * time.Second, "P11574DT1H46M39S"},
		"P1DT0H0M1S":   {day + time.Second, "P1DT1S"},
	} {
		d, err := symbolon.ParseDuration(text)
		if err != nil || d.Std() != c.want || d.String() != c.written {
			t.Errorf("%s: got %v, written %s, error %v; want %v, written %s", text, d.Std(), d, err, c.want, c.written)
		}
	}
}

func TestDurationsThatAreRefused(t *testing.T) {
	const form, span = "is not a duration; write weeks, days, hours", "100 years"
	for text, words := range map[string]string{
		"": form, "P": form, "PT": form, "P1DT": form, "T1H": form, "1D": form, "P1": form, "30": form,
		"P1Y": form, "P1M": form, "PT1D": form, "P1H": form, "P1D1W": form, "PT1M1H": form, "P1D2D": form,
		"P1.5D": form, "PT0.5S": form, "P-1D": form, "-P1D": form, "+P1D": form, "p1d": form,
		" P1D": form, "P1D ": form, "P1D\n": form, "P1 D": form, "P１D": form, "P1D\x00": form,
		"P9999999999D": form, "PT99999999999999999999S": form,
		"P0D": span, "PT0S": span, "P36501D": span, "P36500DT1S": span, "P99999W": span,
		"P30501W": span, "P213504D": span, // just above what 64 bits of nanoseconds hold
		"P5214W3D": span, "P5214W36500DT876000H9999999M999999999S": span,
	} {
		_, err := symbolon.ParseDuration(text)
		wantInvalid(t, err, "", words)
	}
}

func TestASpanIsADurationOrNone(t *testing.T) {
	for text, want := range map[string]time.Duration{`"PT0S"`: 0, `"PT10S"`: 10 * time.Second, `"PT5M"`: 5 * time.Minute} {
		var s symbolon.Span
		if err := json.Unmarshal([]byte(text), &s); err != nil || s.Std() != want {
			t.Errorf("%s: got %v, error %v", text, s.Std(), err)
		}
		if back, err := json.Marshal(s); err != nil || string(back) != text {
			t.Errorf("%s is written as %s, error %v", text, back, err)
		}
	}
	for _, text := range []string{"0", "PT", "P0D", "PT-1S", ""} {
		wantInvalid(t, new(symbolon.Span).UnmarshalText([]byte(text)), "", "duration")
	}
}

func TestADurationReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := symbolon.Duration(time.Duration(rapid.Int64Range(1, 100*365*24*3600).Draw(t, "seconds")) * time.Second)
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back symbolon.Duration
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("%s was read as %s, error %v", text, back, err)
		}
	})
}

func TestWhatIsReadIsLongerThanZeroAndAtMostACentury(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`P(\d{1,6}W)?(\d{1,7}D)?(T(\d{1,7}H)?(\d{1,8}M)?(\d{1,10}S)?)?`).Draw(t, "text")
		d, err := symbolon.ParseDuration(text)
		if err == nil && (d <= 0 || d.Std() > 100*365*day) {
			t.Fatalf("%s was read as %v", text, d.Std())
		}
	})
}

func TestWhatIsBelowASecondIsNotWritten(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", time.Millisecond: "PT0S", 1500 * time.Millisecond: "PT1S", day + time.Millisecond: "P1D", -hour: "PT0S",
	} {
		if got := symbolon.Duration(d).String(); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestTimesAreKeptInUTCToTheMicrosecond(t *testing.T) {
	there := time.Date(2026, 3, 2, 14, 0, 0, 1999, time.FixedZone("there", 2*3600))
	if got, want := symbolon.Micro(there), noon.Add(tick); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
