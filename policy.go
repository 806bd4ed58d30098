package symbolon

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Policy is what an app's operator decides: one document per app, versioned. A member
// that the document leaves out has the value that [DefaultPolicy] gives.
type Policy struct {
	Registration RegistrationPolicy      `json:"registration"`
	Limits       LimitPolicy             `json:"limits"`
	Trust        TrustPolicy             `json:"trust"`
	Actions      map[string]ActionPolicy `json:"actions"`
	Revocation   map[Cause]Effect        `json:"revocation"`
	Risk         RiskPolicy              `json:"risk"`
	Rules        []Rule                  `json:"rules"`
	Retention    RetentionPolicy         `json:"retention"`
}

// Approval is what a new device waits for.
type Approval string

// The approvals.
const (
	ApprovalNone          Approval = "none"
	ApprovalTrustedDevice Approval = "trusted_device"
	ApprovalAdmin         Approval = "admin"
)

// Approvals lists every approval.
var Approvals = []Approval{ApprovalNone, ApprovalTrustedDevice, ApprovalAdmin}

// KeyAlgorithms are the signature algorithms that a device's key may have.
var KeyAlgorithms = []string{"ES256", "EdDSA", "PS256", "RS256"}

// RegistrationPolicy says how a device comes in.
type RegistrationPolicy struct {
	Approval    Approval    `json:"approval"`
	Algorithms  []string    `json:"algorithms"` // of ES256, EdDSA, PS256, RS256
	Attestation Attestation `json:"attestation"`
	KeyMaxAge   *Duration   `json:"keyMaxAge"` // after which a device should have a new key; null for never
}

// Attestation is what a new device has to show of where its key lives.
type Attestation string

// AttestationNone asks for nothing. There is no other value yet: a policy that asked for
// what is not verified would promise what it does not keep.
const AttestationNone Attestation = "none"

// MinKeyAge is the least age that a policy may set for keys.
const MinKeyAge = Duration(Day)

// rotationLead is how long before a key's age ends its device is told to replace it.
const rotationLead = 30 * Day

// RotateAfter is when a device should replace a key that it has had since the given time:
// 30 days before the age ends, but never in the first half of it. nil is never. It is
// advice: an old key counts as any other.
func (r RegistrationPolicy) RotateAfter(since time.Time) *time.Time {
	if r.KeyMaxAge == nil {
		return nil
	}
	age := r.KeyMaxAge.Std()
	due := since.Add(max(age-rotationLead, age/2))
	return &due
}

// Overflow is what happens to a registration above the limit.
type Overflow string

// The overflows.
const (
	OverflowReject   Overflow = "reject"
	OverflowEvictLRU Overflow = "evict_lru"   // the longest unused active device makes room
	OverflowChoose   Overflow = "user_choose" // the user says which device makes room
)

// Overflows lists every overflow.
var Overflows = []Overflow{OverflowReject, OverflowEvictLRU, OverflowChoose}

// LimitPolicy says how many active devices a user may have. 0 is no limit.
type LimitPolicy struct {
	Devices  int                `json:"devices"`
	PerType  map[DeviceType]int `json:"perType"`
	Overflow Overflow           `json:"overflow"`
}

// TrustPolicy says what trust may be. It applies to trust that exists as well.
type TrustPolicy struct {
	Enabled     bool      `json:"enabled"`
	Duration    Duration  `json:"duration"`    // where a grant names no end
	MaxDuration Duration  `json:"maxDuration"` // the longest that a grant may ask for
	Permanent   bool      `json:"permanent"`   // whether a grant without end is allowed
	IdleTimeout *Duration `json:"idleTimeout"` // null for none
}

// Requirement is what an action asks of a device to skip the second factor.
type Requirement string

// The requirements; factor means that it is never skipped.
const (
	RequireKnown   Requirement = "known"
	RequireTrusted Requirement = "trusted"
	RequireFactor  Requirement = "factor"
)

// Requirements lists every requirement.
var Requirements = []Requirement{RequireKnown, RequireTrusted, RequireFactor}

// ActionPolicy is what one action requires.
type ActionPolicy struct {
	Require Requirement `json:"require"`
}

// RetentionPolicy says how long personal detail is kept. null is for ever.
type RetentionPolicy struct {
	IP     *Duration `json:"ip"`     // then addresses are cut to /24 and /48
	Events *Duration `json:"events"` // then events are pruned into a signed checkpoint
}

// MinRetention keeps pruning clear of what is still needed: spent challenges and
// decisions that trust may name.
const MinRetention = Duration(Day)

const maxPolicy = 64 << 10

// DefaultPolicy is the policy of an app that has set none.
func DefaultPolicy() Policy {
	ip := Duration(90 * Day)
	return Policy{
		Registration: RegistrationPolicy{
			Approval: ApprovalNone, Algorithms: slices.Clone(KeyAlgorithms), Attestation: AttestationNone,
		},
		Limits:  LimitPolicy{Devices: 20, PerType: map[DeviceType]int{}, Overflow: OverflowReject},
		Trust:   TrustPolicy{Enabled: true, Duration: Duration(30 * Day), MaxDuration: Duration(365 * Day)},
		Actions: map[string]ActionPolicy{ActionLogin: {Require: RequireTrusted}},
		Revocation: map[Cause]Effect{
			CausePasswordChanged: EffectDistrust, CauseFactorReset: EffectDistrust,
			CauseUserDeactivated: EffectBlock, CauseEmailChanged: EffectKeep,
			CauseSuspicious: EffectBlock, CauseSignOutEverywhere: EffectDistrust,
		},
		Risk:      DefaultRiskPolicy(),
		Rules:     []Rule{},
		Retention: RetentionPolicy{IP: &ip},
	}
}

// ParsePolicy reads a document over the defaults. Members that it does not know, that come
// twice or that are null where nothing can be switched off are refused by name, and values
// out of range with the range. The error is [ErrInvalidRequest] or [ErrTooLarge].
func ParsePolicy(doc json.RawMessage) (Policy, error) {
	if len(doc) > maxPolicy {
		return Policy{}, Errorf(ErrTooLarge, "a policy has at most %d bytes", maxPolicy)
	}
	p := DefaultPolicy()
	if err := readStrict("a policy", doc, &p); err != nil {
		return Policy{}, err
	}
	if err := p.Check(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// Check refuses values out of range; the error names the first such member.
func (p Policy) Check() (first error) {
	p.check(func(err error) {
		if first == nil {
			first = err
		}
	})
	return first
}

// check tells of each value that is out of range.
func (p Policy) check(tell func(error)) {
	for _, check := range []func(func(error)){
		p.Registration.check, p.Limits.check, p.Trust.check, p.checkActions, p.checkRevocation, p.Risk.check, p.checkRules, p.Retention.check,
	} {
		check(tell)
	}
}

func (r RegistrationPolicy) check(tell func(error)) {
	if !slices.Contains(Approvals, r.Approval) {
		tell(InvalidField("registration.approval", "must be none, trusted_device or admin; got %q", r.Approval))
	}
	if len(r.Algorithms) == 0 {
		tell(InvalidField("registration.algorithms", "must name at least one of ES256, EdDSA, PS256, RS256"))
	}
	for _, a := range r.Algorithms {
		if !slices.Contains(KeyAlgorithms, a) {
			tell(InvalidField("registration.algorithms", "must be among ES256, EdDSA, PS256, RS256; got %q", a))
		}
	}
	if r.Attestation != AttestationNone {
		tell(InvalidField("registration.attestation", "must be none, since attestations are not verified yet; got %q", r.Attestation))
	}
	if r.KeyMaxAge != nil && *r.KeyMaxAge < MinKeyAge {
		tell(InvalidField("registration.keyMaxAge", "must be at least %s, or null", MinKeyAge))
	}
}

// MaxLimit is the highest device limit that a policy may set.
const MaxLimit = 1000

func (l LimitPolicy) check(tell func(error)) {
	if l.Devices < 0 || l.Devices > MaxLimit {
		tell(InvalidField("limits.devices", "must be from 0 (no limit) to %d; got %d", MaxLimit, l.Devices))
	}
	for t, n := range l.PerType {
		if !slices.Contains(DeviceTypes, t) {
			tell(InvalidField("limits.perType", "must name device types among %v; got %q", DeviceTypes, t))
		}
		if n < 0 || n > MaxLimit {
			tell(InvalidField(fmt.Sprintf("limits.perType.%s", t), "must be from 0 (no limit) to %d; got %d", MaxLimit, n))
		}
	}
	if !slices.Contains(Overflows, l.Overflow) {
		tell(InvalidField("limits.overflow", "must be reject, evict_lru or user_choose; got %q", l.Overflow))
	}
}

func (t TrustPolicy) check(tell func(error)) {
	if t.Duration <= 0 {
		tell(InvalidField("trust.duration", "must be longer than zero"))
	}
	if t.Duration > t.MaxDuration {
		tell(InvalidField("trust.duration", "must not be longer than trust.maxDuration (%s)", t.MaxDuration))
	}
	if t.IdleTimeout != nil && t.IdleTimeout.Std() < time.Minute {
		tell(InvalidField("trust.idleTimeout", "must be at least PT1M"))
	}
}

func (p Policy) checkActions(tell func(error)) {
	if len(p.Actions) > 100 {
		tell(InvalidField("actions", "must have at most 100 entries"))
	}
	for name, a := range p.Actions {
		if name == "" {
			tell(InvalidField("actions", "must have names that are not empty"))
		}
		if err := CheckOptionalText("actions", name, MaxAction); err != nil {
			tell(err)
		}
		if !slices.Contains(Requirements, a.Require) {
			tell(InvalidField("actions."+name+".require", "must be known, trusted or factor; got %q", a.Require))
		}
	}
}

func (p Policy) checkRevocation(tell func(error)) {
	for cause, effect := range p.Revocation {
		if !slices.Contains(Causes, cause) {
			tell(InvalidField("revocation", "must name causes among %v; got %q", Causes, cause))
		}
		if !slices.Contains(Effects, effect) {
			tell(InvalidField("revocation."+string(cause), "must be keep, distrust, block or remove; got %q", effect))
		}
	}
}

func (r RetentionPolicy) check(tell func(error)) {
	for _, kept := range []struct {
		name string
		span *Duration
	}{{"retention.ip", r.IP}, {"retention.events", r.Events}} {
		if kept.span != nil && *kept.span < MinRetention {
			tell(InvalidField(kept.name, "must be at least %s", MinRetention))
		}
	}
}

// PolicyVersion is one stored version of an app's document.
type PolicyVersion struct {
	AppID    AppID           `json:"appId"`
	Version  int64           `json:"version" doc:"0 for the defaults, where none was set"`
	Document json.RawMessage `json:"policy,omitempty" doc:"The document as it was put; left out in lists"`
	At       time.Time       `json:"at,omitzero" doc:"When it was put"`
	By       string          `json:"by,omitempty" doc:"Who put it"`
}
