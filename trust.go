package symbolon

import "time"

// Trust is a user's choice to skip the second factor on a device.
type Trust struct {
	TrustedAt     time.Time  `json:"trustedAt" doc:"The first grant"`
	GrantedAt     time.Time  `json:"grantedAt" doc:"The latest grant"`
	TrustedUntil  *time.Time `json:"trustedUntil" doc:"null for permanent"`
	IdleTimeout   *Duration  `json:"idleTimeout,omitempty" doc:"Ends trust when this long passes without a TRUST decision"`
	Factor        string     `json:"factor,omitempty" doc:"The second factor that was passed when it was granted"`
	RevokedAt     *time.Time `json:"revokedAt,omitempty"`
	RevokedReason string     `json:"revokedReason,omitempty"`
	RevokedBy     string     `json:"revokedBy,omitempty"`

	// These two are computed for whoever reads a device, and not stored: see [Device.TrustNow].
	Active bool       `json:"active" doc:"Whether it counts now, under the present policy"`
	EndsAt *time.Time `json:"endsAt,omitempty" doc:"When it stops counting by itself, by its own end, disuse or the present policy; absent for never, and where it does not count"`
}

// TrustTerms is how long trust shall last: one of the three, or none for the policy's
// own duration.
type TrustTerms struct {
	Duration  *Duration  `json:"duration,omitempty" doc:"ISO 8601, such as P30D"`
	Until     *time.Time `json:"until,omitempty" doc:"RFC 3339"`
	Permanent bool       `json:"permanent,omitempty" doc:"No end, where the policy allows it"`
}

// Check refuses terms that name more than one end.
func (t TrustTerms) Check() error {
	n := 0
	for _, given := range []bool{t.Duration != nil, t.Until != nil, t.Permanent} {
		if given {
			n++
		}
	}
	if n > 1 {
		return &Error{
			Code: ErrInvalidRequest, Field: "duration",
			Message: "duration, until and permanent exclude one another: give one of them",
		}
	}
	return nil
}

// TrustState is how a device's trust stands at a moment.
type TrustState string

// The states of trust.
const (
	TrustNone    TrustState = "none"    // never granted
	TrustActive  TrustState = "active"  // counts now
	TrustExpired TrustState = "expired" // its end has passed, or policy shortened it
	TrustIdle    TrustState = "idle"    // too long without a TRUST decision
	TrustRevoked TrustState = "revoked"
	TrustPaused  TrustState = "paused" // policy has trust switched off, or the device is not active
)

// TrustAt says how the device's trust stands under the present policy: a change of
// policy applies to trust that exists.
func (d Device) TrustAt(now time.Time, p TrustPolicy) TrustState {
	t := d.Trust
	switch {
	case t == nil:
		return TrustNone
	case t.RevokedAt != nil:
		return TrustRevoked
	case !now.Before(t.endUnder(p)):
		return TrustExpired
	case d.idleSince(now) >= t.idleUnder(p):
		return TrustIdle
	case !p.Enabled || !d.Known():
		return TrustPaused
	}
	return TrustActive
}

// TrustNow is the device's trust with what it comes to now: nil for none, else a copy.
func (d Device) TrustNow(now time.Time, p TrustPolicy) *Trust {
	if d.Trust == nil {
		return nil
	}
	t := *d.Trust
	t.Active, t.EndsAt = d.TrustAt(now, p) == TrustActive, nil
	if t.Active {
		t.EndsAt = d.trustEnds(now, p)
	}
	return &t
}

// trustEnds is when the first of the trust's ends comes, nil for none.
func (d Device) trustEnds(now time.Time, p TrustPolicy) *time.Time {
	end := d.Trust.TrustedUntilUnder(p)
	idle := d.Trust.idleUnder(p)
	if idle == forever {
		return end
	}
	if idles := now.Add(idle - d.idleSince(now)); end == nil || idles.Before(*end) {
		return &idles
	}
	return end
}

// TrustedUntilUnder is the end that the policy leaves to the trust, nil for none.
func (t Trust) TrustedUntilUnder(p TrustPolicy) *time.Time {
	end := t.endUnder(p)
	if end.Equal(never) {
		return nil
	}
	return &end
}

var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (t Trust) endUnder(p TrustPolicy) time.Time {
	end := never
	if t.TrustedUntil != nil {
		end = *t.TrustedUntil
	}
	if t.TrustedUntil == nil && p.Permanent {
		return end
	}
	if limit := t.GrantedAt.Add(p.MaxDuration.Std()); limit.Before(end) {
		return limit
	}
	return end
}

const forever = time.Duration(1<<63 - 1)

func (t Trust) idleUnder(p TrustPolicy) time.Duration {
	idle := forever
	for _, d := range []*Duration{t.IdleTimeout, p.IdleTimeout} {
		if d != nil && d.Std() < idle {
			idle = d.Std()
		}
	}
	return idle
}

func (d Device) idleSince(now time.Time) time.Duration {
	since := d.Trust.GrantedAt
	if d.LastVerifiedAt != nil && d.LastVerifiedAt.After(since) {
		since = *d.LastVerifiedAt
	}
	return now.Sub(since)
}
