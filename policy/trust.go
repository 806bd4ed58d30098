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
	latest := now.Add(p.MaxDuration.Std())
	switch {
	case terms.Permanent && p.Permanent:
		return nil, nil
	case terms.Permanent:
		return nil, symbolon.InvalidField("permanent", "trust is not allowed by the policy; at most %s is", p.MaxDuration)
	case terms.Duration != nil && *terms.Duration <= 0, terms.Until != nil && !terms.Until.After(now):
		return nil, symbolon.InvalidField("until", "must lie in the future")
	case terms.Duration != nil && *terms.Duration > p.MaxDuration, terms.Until != nil && terms.Until.After(latest):
		return nil, symbolon.InvalidField("duration", "must be at most %s, as the policy says", p.MaxDuration)
	case terms.Until != nil:
		end := symbolon.Micro(*terms.Until)
		return &end, nil
	case terms.Duration != nil:
		end := now.Add(terms.Duration.Std())
		return &end, nil
	}
	end := now.Add(p.Duration.Std())
	return &end, nil
}
