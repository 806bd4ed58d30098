package symbolon_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = symbolon.Day
	tick   = time.Microsecond // the least that the store tells apart
)

// change makes the laptop, or the policy, another than the usual.
type change func(*symbolon.Device, *symbolon.TrustPolicy)

// What may have happened to a device and its trust.
var (
	neverTrusted   change = func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Trust = nil }
	grantedForEver change = func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Trust.TrustedUntil = nil }
	grantedBefore  change = func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Trust.TrustedAt = noon.Add(-400 * day) }
	revoked        change = func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Trust.RevokedAt = after(0) }
	neverProven    change = func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.ProvenAt = nil }
)

func verified(later time.Duration) change {
	return func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.LastVerifiedAt = after(later) }
}

func used(later time.Duration) change {
	return func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.LastUsedAt = after(later) }
}

func ownIdleTimeout(idle time.Duration) change {
	return func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Trust.IdleTimeout = span(idle) }
}

func is(status symbolon.Status) change {
	return func(d *symbolon.Device, _ *symbolon.TrustPolicy) { d.Status = status }
}

// What policy may say. By default trust lasts 30 days, at most 365, and needs no use.
var (
	permanentAllowed change = func(_ *symbolon.Device, p *symbolon.TrustPolicy) { p.Permanent = true }
	switchedOff      change = func(_ *symbolon.Device, p *symbolon.TrustPolicy) { p.Enabled = false }
)

func duration(d time.Duration) change {
	return func(_ *symbolon.Device, p *symbolon.TrustPolicy) { p.Duration = symbolon.Duration(d) }
}

func maxDuration(d time.Duration) change {
	return func(_ *symbolon.Device, p *symbolon.TrustPolicy) { p.MaxDuration = symbolon.Duration(d) }
}

func idleTimeout(idle time.Duration) change {
	return func(_ *symbolon.Device, p *symbolon.TrustPolicy) { p.IdleTimeout = span(idle) }
}

func TestHowTrustStands(t *testing.T) {
	const active, expired, idle = symbolon.TrustActive, symbolon.TrustExpired, symbolon.TrustIdle
	for _, row := range []struct {
		rule    string
		changes []change
		after   time.Duration
		want    symbolon.TrustState
	}{
		{"it counts from the moment of its grant", nil, 0, active},
		{"it counts until just before its end", nil, 30*day - tick, active},
		{"it does not count exactly at its end", nil, 30 * day, expired},
		{"a device that never was trusted has none", []change{neverTrusted}, 0, symbolon.TrustNone},

		{"permanent trust does not end", []change{grantedForEver, permanentAllowed}, 80 * 365 * day, active},
		{"where permanent is allowed, an end stays an end", []change{permanentAllowed}, 30 * day, expired},
		{"permanent trust that is allowed no more has maxDuration from its grant", []change{grantedForEver}, 365*day - tick, active},
		{"and ends exactly then", []change{grantedForEver}, 365 * day, expired},
		{"a shorter maxDuration shortens trust that exists", []change{maxDuration(7 * day)}, 7 * day, expired},
		{"and leaves it until then", []change{maxDuration(7 * day)}, 7*day - tick, active},
		{"a longer maxDuration does not stretch an end", []change{maxDuration(1000 * day)}, 30 * day, expired},
		{"maxDuration counts from the latest grant, not the first", []change{grantedBefore}, 0, active},
		{"another default duration is for grants to come", []change{duration(day)}, 2 * day, active},

		{"idle time counts from the grant", []change{idleTimeout(7 * day)}, 7 * day, idle},
		{"until then trust counts", []change{idleTimeout(7 * day)}, 7*day - tick, active},
		{"each TRUST begins idle time anew", []change{idleTimeout(7 * day), verified(3 * day)}, 10*day - tick, active},
		{"and it counts from the last one", []change{idleTimeout(7 * day), verified(3 * day)}, 10 * day, idle},
		{"a proof that came to less than TRUST does not", []change{idleTimeout(7 * day), used(6 * day)}, 7 * day, idle},
		{"nor does a TRUST from before the grant", []change{idleTimeout(7 * day), verified(-9 * day)}, 6 * day, active},
		{"the trust's own timeout counts where policy has none", []change{ownIdleTimeout(hour)}, hour, idle},
		{"of two timeouts the shorter counts: policy's", []change{ownIdleTimeout(day), idleTimeout(hour)}, hour, idle},
		{"of two timeouts the shorter counts: its own", []change{ownIdleTimeout(hour), idleTimeout(day)}, hour, idle},
		{"past its end and idle it is expired", []change{idleTimeout(day)}, 31 * day, expired},

		{"revoked it is revoked, whatever else it is", []change{revoked, switchedOff, idleTimeout(day)}, 31 * day, symbolon.TrustRevoked},
		{"switched off by policy it pauses", []change{switchedOff}, 0, symbolon.TrustPaused},
		{"it ends while it pauses", []change{switchedOff}, 30 * day, expired},
		{"on a device that waits for approval it pauses", []change{is(symbolon.StatusPending)}, 0, symbolon.TrustPaused},
		{"on a blocked device it pauses", []change{is(symbolon.StatusBlocked)}, 0, symbolon.TrustPaused},
		{"on an imported record without a key it pauses", []change{is(symbolon.StatusUnbound)}, 0, symbolon.TrustPaused},
		{"on a device that never showed its key it pauses", []change{neverProven}, 0, symbolon.TrustPaused},
	} {
		t.Run(row.rule, func(t *testing.T) {
			device, policy := laptop(), symbolon.DefaultPolicy().Trust
			for _, c := range row.changes {
				c(&device, &policy)
			}
			if got := device.TrustAt(noon.Add(row.after), policy); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestTheEndThatPolicyLeaves(t *testing.T) {
	policy := symbolon.DefaultPolicy().Trust
	week := policy
	week.MaxDuration = symbolon.Duration(7 * day)
	for rule, c := range map[string]struct {
		until  *time.Time
		policy symbolon.TrustPolicy
		want   *time.Time
	}{
		"its own":                        {after(30 * day), policy, after(30 * day)},
		"none for permanent":             {nil, permissive(), nil},
		"maxDuration where that is less": {after(30 * day), week, after(7 * day)},
		"maxDuration where permanent is not permitted": {nil, policy, after(365 * day)},
	} {
		trust := symbolon.Trust{TrustedAt: noon.Add(-day), GrantedAt: noon, TrustedUntil: c.until}
		got := trust.TrustedUntilUnder(c.policy)
		if (got == nil) != (c.want == nil) || got != nil && !got.Equal(*c.want) {
			t.Errorf("%s: got %v, want %v", rule, got, c.want)
		}
	}
}

func TestTrustTermsNameOneEnd(t *testing.T) {
	for _, terms := range []symbolon.TrustTerms{
		{}, {Duration: span(day)}, {Until: after(day)}, {Permanent: true},
	} {
		wantNone(t, terms.Check())
	}
	for _, terms := range []symbolon.TrustTerms{
		{Duration: span(day), Until: after(day)},
		{Duration: span(day), Permanent: true},
		{Until: after(day), Permanent: true},
		{Duration: span(day), Until: after(day), Permanent: true},
	} {
		wantInvalid(t, terms.Check(), "duration", "duration, until and permanent exclude one another")
	}
}
