package policy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

func span(d time.Duration) *symbolon.Duration {
	s := symbolon.Duration(d)
	return &s
}

// Three policies: the default one, with 30 days where nothing is asked and at most 365;
// one that allows permanent trust; one that has trust switched off.
func policies() (usual, permanent, off symbolon.TrustPolicy) {
	usual = symbolon.DefaultPolicy().Trust
	permanent, off = usual, usual
	permanent.Permanent, off.Enabled = true, false
	return usual, permanent, off
}

func TestHowLongTrustIsGranted(t *testing.T) {
	usual, permanent, _ := policies()
	short := usual
	short.Duration, short.MaxDuration = symbolon.Duration(day), symbolon.Duration(day)
	for rule, c := range map[string]struct {
		terms  symbolon.TrustTerms
		policy symbolon.TrustPolicy
		want   *time.Time
	}{
		"the policy's duration where nothing is asked":          {symbolon.TrustTerms{}, usual, after(30 * day)},
		"the policy's duration also where permanent is allowed": {symbolon.TrustTerms{}, permanent, after(30 * day)},
		"another policy's duration":                             {symbolon.TrustTerms{}, short, after(day)},
		"as long as is asked":                                   {symbolon.TrustTerms{Duration: span(hour)}, usual, after(hour)},
		"exactly as long as is allowed":                         {symbolon.TrustTerms{Duration: span(365 * day)}, usual, after(365 * day)},
		"until when is asked":                                   {symbolon.TrustTerms{Until: after(90 * day)}, usual, after(90 * day)},
		"until the latest that is allowed":                      {symbolon.TrustTerms{Until: after(365 * day)}, usual, after(365 * day)},
		"until the microsecond that is asked":                   {symbolon.TrustTerms{Until: after(hour + tick + 1)}, usual, after(hour + tick)},
		"without an end where that is allowed":                  {symbolon.TrustTerms{Permanent: true}, permanent, nil},
	} {
		got, err := policy.Grant(nil, c.terms, c.policy, noon)
		switch {
		case err != nil:
			t.Errorf("%s: %v", rule, err)
		case (got.TrustedUntil == nil) != (c.want == nil) || c.want != nil && !got.TrustedUntil.Equal(*c.want):
			t.Errorf("%s: got %v, want %v", rule, got.TrustedUntil, c.want)
		case !got.TrustedAt.Equal(noon) || !got.GrantedAt.Equal(noon) || got.RevokedAt != nil:
			t.Errorf("%s: got %+v, want it granted at noon", rule, got)
		}
	}
}

func TestTrustThatIsNotGranted(t *testing.T) {
	usual, permanent, off := policies()
	for rule, c := range map[string]struct {
		terms        symbolon.TrustTerms
		policy       symbolon.TrustPolicy
		code         symbolon.Code
		field, words string
	}{
		"trust is switched off":          {symbolon.TrustTerms{}, off, symbolon.ErrForbidden, "", "switched off"},
		"permanent is not allowed":       {symbolon.TrustTerms{Permanent: true}, usual, symbolon.ErrInvalidRequest, "permanent", "at most P365D"},
		"longer than allowed":            {symbolon.TrustTerms{Duration: span(365*day + time.Second)}, usual, symbolon.ErrInvalidRequest, "duration", "at most P365D"},
		"longer, where permanent is":     {symbolon.TrustTerms{Duration: span(366 * day)}, permanent, symbolon.ErrInvalidRequest, "duration", "at most P365D"},
		"for no time":                    {symbolon.TrustTerms{Duration: span(0)}, usual, symbolon.ErrInvalidRequest, "duration", "longer than zero"},
		"for less than no time":          {symbolon.TrustTerms{Duration: span(-hour)}, usual, symbolon.ErrInvalidRequest, "duration", "longer than zero"},
		"until now":                      {symbolon.TrustTerms{Until: after(0)}, usual, symbolon.ErrInvalidRequest, "until", "in the future"},
		"until now, but for nanoseconds": {symbolon.TrustTerms{Until: after(1)}, usual, symbolon.ErrInvalidRequest, "until", "in the future"},
		"until yesterday":                {symbolon.TrustTerms{Until: after(-day)}, usual, symbolon.ErrInvalidRequest, "until", "in the future"},
		"until later than allowed":       {symbolon.TrustTerms{Until: after(365*day + tick)}, usual, symbolon.ErrInvalidRequest, "until", "at most P365D from now"},
		"two ends":                       {symbolon.TrustTerms{Until: after(day), Permanent: true}, permanent, symbolon.ErrInvalidRequest, "duration", "exclude one another"},
	} {
		got, err := policy.Grant(nil, c.terms, c.policy, noon)
		var own *symbolon.Error
		if !errors.As(err, &own) || own.Code != c.code || own.Field != c.field || !strings.Contains(own.Message, c.words) || got != nil {
			t.Errorf("%s: got %+v, error %v; want %s about %q: %s", rule, got, err, c.code, c.field, c.words)
		}
	}
}

func TestTrustThatIsGrantedAgainBeganWithItsFirstGrant(t *testing.T) {
	usual, _, _ := policies()
	before := &symbolon.Trust{
		TrustedAt: noon.Add(-90 * day), GrantedAt: noon.Add(-90 * day), TrustedUntil: after(-60 * day), Factor: "otp",
		RevokedAt: after(-80 * day), RevokedReason: "lost", RevokedBy: "user:ada",
	}
	old := *before
	got, err := policy.Grant(before, symbolon.TrustTerms{}, usual, noon)
	if err != nil {
		t.Fatal(err)
	}
	end := got.TrustedUntil
	got.TrustedUntil = nil
	if want := (symbolon.Trust{TrustedAt: noon.Add(-90 * day), GrantedAt: noon}); *got != want || !end.Equal(noon.Add(30*day)) {
		t.Errorf("got %+v until %v; want %+v for 30 days, and nothing left of the revocation", *got, end, want)
	}
	if *before != old {
		t.Error("the trust from before was changed")
	}
}
