package symbolon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
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

// RegistrationPolicy says how a device comes in.
type RegistrationPolicy struct {
	Approval   Approval `json:"approval"`
	Algorithms []string `json:"algorithms"` // of ES256, EdDSA, PS256, RS256
}

// Overflow is what happens to a registration above the limit.
type Overflow string

// The overflows.
const (
	OverflowReject   Overflow = "reject"
	OverflowEvictLRU Overflow = "evict_lru" // the longest unused active device makes room
)

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
		Registration: RegistrationPolicy{Approval: ApprovalNone, Algorithms: []string{"ES256", "EdDSA", "PS256", "RS256"}},
		Limits:       LimitPolicy{Devices: 20, PerType: map[DeviceType]int{}, Overflow: OverflowReject},
		Trust:        TrustPolicy{Enabled: true, Duration: Duration(30 * Day), MaxDuration: Duration(365 * Day)},
		Actions:      map[string]ActionPolicy{ActionLogin: {Require: RequireTrusted}},
		Revocation: map[Cause]Effect{
			CausePasswordChanged: EffectDistrust, CauseFactorReset: EffectDistrust,
			CauseUserDeactivated: EffectBlock, CauseEmailChanged: EffectKeep,
			CauseSuspicious: EffectBlock, CauseSignOutEverywhere: EffectDistrust,
		},
		Retention: RetentionPolicy{IP: &ip},
	}
}

// ParsePolicy reads a document over the defaults. Members it does not know are refused
// by name, and values out of range with the range.
func ParsePolicy(doc json.RawMessage) (Policy, error) {
	p := DefaultPolicy()
	if len(doc) > maxPolicy {
		return p, Errorf(ErrTooLarge, "a policy has at most %d bytes", maxPolicy)
	}
	if len(doc) == 0 || doc[0] != '{' {
		return p, Errorf(ErrInvalidRequest, "a policy is a JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, policyError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return p, Errorf(ErrInvalidRequest, "a policy is one JSON object, with nothing after it")
	}
	return p, p.Check()
}

func policyError(err error) error {
	var own *Error
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &kind):
		return InvalidField(kind.Field, "must be of the JSON type for %s, not %s", kind.Type, kind.Value)
	}
	return Errorf(ErrInvalidRequest, "policy: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// Check refuses values out of range; the error names the member.
func (p Policy) Check() error {
	for _, check := range []func() error{p.Registration.check, p.Limits.check, p.Trust.check, p.checkActions, p.checkRevocation, p.Retention.check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (r RegistrationPolicy) check() error {
	if !oneOf(r.Approval, []Approval{ApprovalNone, ApprovalTrustedDevice, ApprovalAdmin}) {
		return InvalidField("registration.approval", "must be none, trusted_device or admin; got %q", r.Approval)
	}
	if len(r.Algorithms) == 0 {
		return InvalidField("registration.algorithms", "must name at least one of ES256, EdDSA, PS256, RS256")
	}
	for _, a := range r.Algorithms {
		if !oneOf(a, []string{"ES256", "EdDSA", "PS256", "RS256"}) {
			return InvalidField("registration.algorithms", "must be among ES256, EdDSA, PS256, RS256; got %q", a)
		}
	}
	return nil
}

// MaxLimit is the highest device limit that a policy may set.
const MaxLimit = 1000

func (l LimitPolicy) check() error {
	if l.Devices < 0 || l.Devices > MaxLimit {
		return InvalidField("limits.devices", "must be from 0 (no limit) to %d; got %d", MaxLimit, l.Devices)
	}
	for t, n := range l.PerType {
		if !oneOf(t, DeviceTypes) {
			return InvalidField("limits.perType", "must name device types among %v; got %q", DeviceTypes, t)
		}
		if n < 0 || n > MaxLimit {
			return InvalidField(fmt.Sprintf("limits.perType.%s", t), "must be from 0 (no limit) to %d; got %d", MaxLimit, n)
		}
	}
	if !oneOf(l.Overflow, []Overflow{OverflowReject, OverflowEvictLRU}) {
		return InvalidField("limits.overflow", "must be reject or evict_lru; got %q", l.Overflow)
	}
	return nil
}

func (t TrustPolicy) check() error {
	if t.Duration <= 0 || t.MaxDuration <= 0 {
		return InvalidField("trust.duration", "and trust.maxDuration must be longer than zero")
	}
	if t.Duration > t.MaxDuration {
		return InvalidField("trust.duration", "must not be longer than trust.maxDuration (%s)", t.MaxDuration)
	}
	if t.IdleTimeout != nil && t.IdleTimeout.Std() < time.Minute {
		return InvalidField("trust.idleTimeout", "must be at least PT1M")
	}
	return nil
}

func (p Policy) checkActions() error {
	if len(p.Actions) > 100 {
		return InvalidField("actions", "must have at most 100 entries")
	}
	for name, a := range p.Actions {
		if name == "" {
			return InvalidField("actions", "must have names that are not empty")
		}
		if err := CheckOptionalText("actions", name, MaxAction); err != nil {
			return err
		}
		if !oneOf(a.Require, []Requirement{RequireKnown, RequireTrusted, RequireFactor}) {
			return InvalidField("actions."+name+".require", "must be known, trusted or factor; got %q", a.Require)
		}
	}
	return nil
}

func (p Policy) checkRevocation() error {
	for cause, effect := range p.Revocation {
		if !oneOf(cause, Causes) {
			return InvalidField("revocation", "must name causes among %v; got %q", Causes, cause)
		}
		if !oneOf(effect, []Effect{EffectKeep, EffectDistrust, EffectBlock, EffectRemove}) {
			return InvalidField("revocation."+string(cause), "must be keep, distrust, block or remove; got %q", effect)
		}
	}
	return nil
}

func (r RetentionPolicy) check() error {
	for name, d := range map[string]*Duration{"retention.ip": r.IP, "retention.events": r.Events} {
		if d != nil && *d < MinRetention {
			return InvalidField(name, "must be at least %s", MinRetention)
		}
	}
	return nil
}

// PolicyVersion is one stored version of an app's document.
type PolicyVersion struct {
	AppID    AppID
	Version  int64
	Document json.RawMessage
	At       time.Time
	By       string
}

// MaxObject is the most bytes that a free JSON object in a record may have.
const MaxObject = 8 << 10

// CheckObject takes a JSON object of bounded size and depth, or nothing.
func CheckObject(field string, raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if len(raw) > MaxObject {
		return InvalidField(field, "must have at most %d bytes", MaxObject)
	}
	if raw[0] != '{' || !json.Valid(raw) {
		return InvalidField(field, "must be a JSON object")
	}
	return checkObjectTokens(field, raw)
}

// checkObjectTokens refuses deep nesting, and control characters that hide in escapes.
func checkObjectTokens(field string, raw json.RawMessage) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	depth := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return InvalidField(field, "must be a JSON object")
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			if depth > 8 {
				return InvalidField(field, "must be nested at most 8 deep")
			}
		case string:
			if err := CheckOptionalText(field, t, MaxObject); err != nil {
				return err
			}
		}
	}
}
