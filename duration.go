package symbolon

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Duration is a span of time that reads and writes as ISO 8601 ("P30D", "PT10M").
// A day is 24 hours. Years and months are refused, since their length varies.
type Duration time.Duration

// Day is 24 hours.
const Day = 24 * time.Hour

// maxDuration keeps sums of times and durations far from overflow.
const maxDuration = 100 * 365 * Day

var durationForm = regexp.MustCompile(`^P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$`)

// ParseDuration reads an ISO 8601 duration of weeks, days, hours, minutes and seconds,
// longer than zero and at most 100 years.
func ParseDuration(s string) (Duration, error) {
	parts := durationForm.FindStringSubmatch(s)
	if parts == nil || s[len(s)-1] == 'T' || s == "P" {
		return 0, Errorf(ErrInvalidRequest, "%q is not a duration; write weeks, days, hours, minutes or seconds in ISO 8601, such as P30D or PT10M", s)
	}
	var total time.Duration
	for i, unit := range []time.Duration{7 * Day, Day, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || time.Duration(n) > maxDuration/unit {
			return 0, Errorf(ErrInvalidRequest, "the duration %q is longer than 100 years", s)
		}
		total += time.Duration(n) * unit
	}
	if total <= 0 || total > maxDuration {
		return 0, Errorf(ErrInvalidRequest, "the duration %q must be longer than zero and at most 100 years", s)
	}
	return Duration(total), nil
}

// Std gives the value as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes days, hours, minutes and seconds; what is below a second is dropped.
func (d Duration) String() string {
	rest := time.Duration(d)
	days := rest / Day
	rest -= days * Day
	text := "P"
	if days > 0 {
		text += fmt.Sprintf("%dD", days)
	}
	if rest >= time.Second || days == 0 {
		text += "T"
		for _, u := range []struct {
			size time.Duration
			name string
		}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
			if n := rest / u.size; n > 0 {
				text += fmt.Sprintf("%d%s", n, u.name)
				rest -= n * u.size
			}
		}
	}
	if text == "PT" {
		return "PT0S"
	}
	return text
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// Span is a [Duration] that may also be none at all, "PT0S".
type Span Duration

// Std gives the value as the standard library has it.
func (s Span) Std() time.Duration { return time.Duration(s) }

// MarshalText implements encoding.TextMarshaler.
func (s Span) MarshalText() ([]byte, error) { return Duration(s).MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Span) UnmarshalText(text []byte) error {
	if string(text) == "PT0S" {
		*s = 0
		return nil
	}
	return (*Duration)(s).UnmarshalText(text)
}

// Micro is the time as the store keeps it: UTC, to the microsecond.
func Micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
