package policy

import (
	"cmp"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/symbolon-id/symbolon"
)

// Bounds of what a rule sees, so that what it costs is known when it is saved. What is
// longer is cut.
const (
	maxText  = 1024 // bytes
	maxCodes = 64
)

// variable is what a rule can name: an object with fields.
type variable struct {
	name   string
	fields []field
}

// field is a member of a variable. What is unknown is "", 0 or false.
type field struct {
	name string
	of   *cel.Type
	get  func(*input) ref.Val
}

func text(name string, get func(*input) string) field {
	return field{name, cel.StringType, func(in *input) ref.Val {
		s := get(in)
		return types.String(s[:min(len(s), maxText)])
	}}
}

func number(name string, get func(*input) int) field {
	return field{name, cel.IntType, func(in *input) ref.Val { return types.Int(get(in)) }}
}

func truth(name string, get func(*input) bool) field {
	return field{name, cel.BoolType, func(in *input) ref.Val { return types.Bool(get(in)) }}
}

// variables are all that a rule can name, beside action, which is a text.
var variables = []variable{
	{"device", []field{
		text("id", func(in *input) string { return string(in.device.ID) }),
		text("keyId", func(in *input) string { return string(in.device.KeyID) }),
		text("endpointId", func(in *input) string { return in.device.EndpointID }),
		text("name", func(in *input) string { return in.device.Name }),
		text("type", func(in *input) string { return string(in.device.Type) }),
		text("platform", func(in *input) string { return string(in.device.Platform) }),
		text("operatingSystem", func(in *input) string { return in.device.OperatingSystem }),
		text("browser", func(in *input) string { return in.device.Browser }),
		text("userAgent", func(in *input) string { return in.device.UserAgent }),
		text("keyStorage", func(in *input) string { return string(in.device.KeyStorage) }),
		text("status", func(in *input) string { return string(in.device.Status) }),
		truth("known", func(in *input) bool { return in.facts.Proof == symbolon.ProofValid && in.device.Known() }),
		number("ageDays", func(in *input) int { return in.daysSince(in.device.CreatedAt) }),
		number("lastUsedDays", func(in *input) int { return in.daysSince(in.device.LastSeen()) }),
		number("usageCount", func(in *input) int { return int(in.device.UsageCount) }),
		number("users", func(in *input) int { return in.facts.Around.KeyUsers }),
		number("hardwareUsers", func(in *input) int { return in.facts.Around.HardwareUsers }),
		truth("session_bound", (*input).sessionBound),
	}},
	{"user", []field{
		text("id", func(in *input) string { return string(in.user()) }),
		number("devices", func(in *input) int { return in.facts.Around.UserDevices }),
		number("blockedDevices", func(in *input) int { return len(in.facts.Around.Blocked) }),
	}},
	{"request", []field{
		text("proof", func(in *input) string { return string(in.facts.Proof) }),
		text("ipAddress", func(in *input) string { return in.facts.IPAddress }),
		text("country", func(in *input) string { return in.facts.Place.Country }),
		text("timeZone", func(in *input) string { return in.facts.Place.TimeZone }),
		number("asn", func(in *input) int { return int(in.facts.Place.ASN) }),
		text("network", func(in *input) string { return in.facts.Place.Network }),
		truth("anonymous", func(in *input) bool { return in.facts.Place.Anonymous }),
		text("operatingSystem", func(in *input) string { return in.facts.OperatingSystem }),
		text("browser", func(in *input) string { return in.facts.Browser }),
		text("appVersion", func(in *input) string { return in.facts.AppVersion }),
		number("hour", func(in *input) int { return in.facts.Now.UTC().Hour() }),
		number("weekday", func(in *input) int { return (int(in.facts.Now.UTC().Weekday())+6)%7 + 1 }),
	}},
	{"risk", []field{
		number("score", func(in *input) int { return in.facts.Risk.Score }),
		text("level", func(in *input) string { return in.facts.Risk.Level }),
		{"reasons", cel.ListType(cel.StringType), (*input).codes},
	}},
	{"trust", []field{
		truth("active", func(in *input) bool { return in.trust() == symbolon.TrustActive }),
		text("state", func(in *input) string { return string(in.trust()) }),
		text("factor", func(in *input) string { return in.granted().Factor }),
		truth("permanent", func(in *input) bool { return in.device.Trust != nil && in.device.Trust.TrustedUntil == nil }),
		number("ageDays", func(in *input) int { return in.daysSince(in.granted().GrantedAt) }),
	}},
}

// input is what the rules of one decision see. Each field is made when it is asked for.
type input struct {
	facts   *Facts
	device  *symbolon.Device // never nil
	action  ref.Val
	reasons ref.Val // nil until asked for
}

func newInput(f *Facts) *input {
	in := &input{facts: f, device: f.Device, action: types.String(cmp.Or(f.Action, symbolon.ActionLogin))}
	if in.device == nil {
		in.device = &symbolon.Device{}
	}
	return in
}

// ResolveName implements [cel.Activation].
func (in *input) ResolveName(name string) (any, bool) {
	if name == "action" {
		return in.action, true
	}
	return in, slices.ContainsFunc(variables, func(v variable) bool { return v.name == name })
}

// Parent implements [cel.Activation].
func (in *input) Parent() cel.Activation { return nil }

// codes are those of all reasons, also of those that the policy gives no points: a rule
// may ask for what shall not count by itself.
func (in *input) codes() ref.Val {
	if in.reasons == nil {
		found := in.facts.Risk.Reasons
		codes := make([]ref.Val, 0, len(found))
		for _, r := range found[:min(len(found), maxCodes)] {
			codes = append(codes, types.String(r.Code))
		}
		in.reasons = types.NewRefValList(types.DefaultTypeAdapter, codes)
	}
	return in.reasons
}

func (in *input) user() symbolon.UserID {
	if in.device.UserID == "" && in.facts.User != nil {
		return in.facts.User.ID
	}
	return in.device.UserID
}

func (in *input) trust() symbolon.TrustState {
	return in.device.TrustAt(in.facts.Now, in.facts.Policy.Trust)
}

// sessionBound tells whether the browser bound a session to a key of its own, and that
// session has not ended.
func (in *input) sessionBound() bool {
	at := in.device.SessionBoundAt
	return at != nil && !at.After(in.facts.Now) && in.facts.Now.Sub(*at) < symbolon.SessionLife
}

func (in *input) granted() symbolon.Trust {
	if in.device.Trust == nil {
		return symbolon.Trust{}
	}
	return *in.device.Trust
}

// daysSince counts whole days; since a time that is unknown, or still to come, none have
// passed.
func (in *input) daysSince(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return max(int(in.facts.Now.Sub(t)/symbolon.Day), 0)
}
