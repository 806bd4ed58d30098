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
	name    string
	meaning string
	kind    *cel.Type
	get     func(*input) ref.Val
	values  []string // all that it can be beside unknown, where these are few
}

func (f field) of(values ...string) field {
	f.values = values
	return f
}

func text(name, meaning string, get func(*input) string) field {
	return field{name: name, meaning: meaning, kind: cel.StringType, get: func(in *input) ref.Val {
		s := get(in)
		return types.String(s[:min(len(s), maxText)])
	}}
}

func number(name, meaning string, get func(*input) int) field {
	return field{name: name, meaning: meaning, kind: cel.IntType, get: func(in *input) ref.Val { return types.Int(get(in)) }}
}

func truth(name, meaning string, get func(*input) bool) field {
	return field{name: name, meaning: meaning, kind: cel.BoolType, get: func(in *input) ref.Val { return types.Bool(get(in)) }}
}

// variables are all that a rule can name, beside action, which is a text.
var variables = []variable{
	{"device", []field{
		text("id", "deviceId", func(in *input) string { return string(in.device.ID) }),
		text("keyId", "the id of its key, which stays when the key is replaced", func(in *input) string { return string(in.device.KeyID) }),
		text("endpointId", "joins identities on one installation or piece of hardware", func(in *input) string { return in.device.EndpointID }),
		text("name", "as people call it", func(in *input) string { return in.device.Name }),
		text("type", "what kind of device it is", func(in *input) string { return string(in.device.Type) }).of("desktop", "laptop", "mobile", "tablet", "browser", "api_client", "smart_tv", "wearable"),
		text("platform", "what it runs on", func(in *input) string { return string(in.device.Platform) }).of("web", "android", "ios", "other"),
		text("operatingSystem", "such as macOS 15.3", func(in *input) string { return in.device.OperatingSystem }),
		text("browser", "such as Chrome 150", func(in *input) string { return in.device.Browser }),
		text("userAgent", "as its browser or app names itself", func(in *input) string { return in.device.UserAgent }),
		text("keyStorage", "where its key is kept", func(in *input) string { return string(in.device.KeyStorage) }).of("software", "browser", "hardware"),
		text("status", "its state; empty where no valid proof named a device", func(in *input) string { return string(in.device.Status) }).of("active", "pending", "blocked"),
		truth("known", "it is the user's, active, and showed its key in this request", func(in *input) bool { return in.facts.Proof == symbolon.ProofValid && in.device.Known() }),
		number("ageDays", "whole days since it registered", func(in *input) int { return in.daysSince(in.device.CreatedAt) }),
		number("lastUsedDays", "whole days since its last valid proof before this one", func(in *input) int { return in.daysSince(in.device.LastSeen()) }),
		number("usageCount", "logins", func(in *input) int { return int(in.device.UsageCount) }),
		number("users", "users that have a device with its key, up to 50", func(in *input) int { return in.facts.Around.KeyUsers }),
		number("hardwareUsers", "users that have a device with its manufacturer id, up to 50", func(in *input) int { return in.facts.Around.HardwareUsers }),
		truth("session_bound", "its browser bound a session (DBSC) to a key of its own in the last 8 hours", (*input).sessionBound),
	}},
	{"user", []field{
		text("id", "as the app names them", func(in *input) string { return string(in.user()) }),
		number("devices", "active devices, up to 50", func(in *input) int { return in.facts.Around.UserDevices }),
		number("blockedDevices", "other devices of the user that are blocked, up to 8", func(in *input) int { return len(in.facts.Around.Blocked) }),
	}},
	{"request", []field{
		text("proof", "what came of the proof", func(in *input) string { return string(in.facts.Proof) }).of("valid", "missing", "unknown_key", "invalid", "expired", "replayed"),
		text("ipAddress", "where it comes from", func(in *input) string { return in.facts.IPAddress }),
		text("country", "ISO 3166-1, such as CH", func(in *input) string { return in.facts.Place.Country }),
		text("timeZone", "of the place, such as Europe/Zurich", func(in *input) string { return in.facts.Place.TimeZone }),
		number("asn", "of the network", func(in *input) int { return int(in.facts.Place.ASN) }),
		text("network", "who runs it", func(in *input) string { return in.facts.Place.Network }),
		truth("anonymous", "it is on the operator's list of networks that hide who uses them", func(in *input) bool { return in.facts.Place.Anonymous }),
		text("operatingSystem", "as this request shows it, such as macOS 15.3", func(in *input) string { return in.facts.OperatingSystem }),
		text("browser", "as this request shows it, such as Chrome 150", func(in *input) string { return in.facts.Browser }),
		text("appVersion", "of a mobile app", func(in *input) string { return in.facts.AppVersion }),
		number("hour", "0 to 23, UTC", func(in *input) int { return in.facts.Now.UTC().Hour() }),
		number("weekday", "1 (Monday) to 7 (Sunday), UTC", func(in *input) int { return (int(in.facts.Now.UTC().Weekday())+6)%7 + 1 }),
	}},
	{"risk", []field{
		number("score", "0 to 100", func(in *input) int { return in.facts.Risk.Score }),
		text("level", "where the score lies among the thresholds", func(in *input) string { return in.facts.Risk.Level }).of("low", "medium", "high"),
		{name: "reasons", meaning: "their codes, also of those that have no points", kind: cel.ListType(cel.StringType), get: (*input).codes},
	}},
	{"trust", []field{
		truth("active", "it counts now", func(in *input) bool { return in.trust() == symbolon.TrustActive }),
		text("state", "how its trust stands", func(in *input) string { return string(in.trust()) }).of("none", "active", "expired", "idle", "revoked", "paused"),
		text("factor", "the second factor when it was granted", func(in *input) string { return in.granted().Factor }),
		truth("permanent", "it was granted without an end", func(in *input) bool { return in.device.Trust != nil && in.device.Trust.TrustedUntil == nil }),
		number("ageDays", "whole days since it was granted, the last time", func(in *input) int { return in.daysSince(in.granted().GrantedAt) }),
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
