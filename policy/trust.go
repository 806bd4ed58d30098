package policy

import (
	"time"

	"github.com/symbolon-id/symbolon"
)

// Grant is the trust that the terms come to under the policy, beside what the device
// had before. Terms that the policy does not allow are ErrInvalidRequest, naming what is.
func Grant(before *symbolon.Trust, terms symbolon.TrustTerms, p symbolon.TrustPolicy, now time.Time) (*symbolon.Trust, error) {
	if !p.Enabled {
		return nil, symbolon.Errorf(symbolon.ErrForbidden, "the policy has trust switched off")
	}
	until, err := endOf(terms, p, now)
	if err != nil {
		return nil, err
	}
	t := &symbolon.Trust{TrustedAt: now, GrantedAt: now, TrustedUntil: until}
	if before != nil {
		t.TrustedAt = before.TrustedAt
	}
	return t, nil
}

func endOf(terms symbolon.TrustTerms, p symbolon.TrustPolicy, now time.Time) (*time.Time, error) {
	if err := terms.Check(); err != nil {
		return nil, err
	}
	switch {
	case terms.Permanent && !p.Permanent:
		return nil, symbolon.InvalidField("permanent", "trust is not allowed by the policy; at most %s is", p.MaxDuration)
	case terms.Permanent:
		return nil, nil
	case terms.Until != nil:
		return endAt(symbolon.Micro(*terms.Until), p, now)
	case terms.Duration != nil:
		return endAfter(*terms.Duration, p, now)
	}
	return endAfter(p.Duration, p, now)
}

func endAt(end time.Time, p symbolon.TrustPolicy, now time.Time) (*time.Time, error) {
	if !end.After(now) {
		return nil, symbolon.InvalidField("until", "must lie in the future")
	}
	if latest := now.Add(p.MaxDuration.Std()); end.After(latest) {
		return nil, symbolon.InvalidField("until", "must be at most %s from now, as the policy says", p.MaxDuration)
	}
	return &end, nil
}

func endAfter(d symbolon.Duration, p symbolon.TrustPolicy, now time.Time) (*time.Time, error) {
	if d <= 0 || d > p.MaxDuration {
		return nil, symbolon.InvalidField("duration", "must be longer than zero and at most %s, as the policy says", p.MaxDuration)
	}
	end := now.Add(d.Std())
	return &end, nil
}
