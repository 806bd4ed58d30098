package symbolon_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func TestAKeyIsReplacedAMonthBeforeItsAgeEnds(t *testing.T) {
	const day = symbolon.Day
	for _, rule := range []struct {
		what string
		age  *symbolon.Duration
		due  *time.Time
	}{
		{"no age: never", nil, nil},
		{"a year: 30 days before", span(365 * day), after(335 * day)},
		{"60 days: 30 days before, which is half of it", span(60 * day), after(30 * day)},
		{"40 days: never in the first half", span(40 * day), after(20 * day)},
		{"the least age", span(day), after(12 * time.Hour)},
	} {
		t.Run(rule.what, func(t *testing.T) {
			got := symbolon.RegistrationPolicy{KeyMaxAge: rule.age}.RotateAfter(noon)
			if (got == nil) != (rule.due == nil) || got != nil && !got.Equal(*rule.due) {
				t.Errorf("due %v; want %v", got, rule.due)
			}
		})
	}
}

func TestAKeyIsAsOldAsItsLastRotation(t *testing.T) {
	key := symbolon.Key{CreatedAt: noon}
	if !key.Since().Equal(noon) {
		t.Errorf("never rotated: since %v; want its creation, %v", key.Since(), noon)
	}
	key.RotatedAt = after(symbolon.Day)
	if !key.Since().Equal(*key.RotatedAt) {
		t.Errorf("rotated: since %v; want %v", key.Since(), *key.RotatedAt)
	}
}

func TestAPolicySetsAnAgeForKeysOfADayOrMore(t *testing.T) {
	if age := symbolon.DefaultPolicy().Registration.KeyMaxAge; age != nil {
		t.Errorf("by default %v; want none", age)
	}
	for _, document := range []string{`{}`, `{"registration":{"keyMaxAge":null}}`} {
		if p, err := symbolon.ParsePolicy([]byte(document)); err != nil || p.Registration.KeyMaxAge != nil {
			t.Errorf("%s: %v, %v; want none", document, p.Registration.KeyMaxAge, err)
		}
	}
	p, err := symbolon.ParsePolicy([]byte(`{"registration":{"keyMaxAge":"P1D"}}`))
	if err != nil || p.Registration.KeyMaxAge == nil || *p.Registration.KeyMaxAge != symbolon.MinKeyAge {
		t.Errorf("P1D: %v, %v", p.Registration.KeyMaxAge, err)
	}
	_, err = symbolon.ParsePolicy([]byte(`{"registration":{"keyMaxAge":"PT23H59M"}}`))
	wantError(t, err, symbolon.ErrInvalidRequest, "registration.keyMaxAge", "P1D")
}
