package symbolon

import (
	"encoding/json"
	"time"
)

// PassageRequest is what a proxy asks before it lets a request through to an app.
type PassageRequest struct {
	Origin    string        // of the request, as the proxy saw it: https://app.example.com
	Pass      string        // the cookie that a device check set, or ""
	Assertion *Assertion    // who the user is, by what the request carries; nil where nothing says
	Require   Requirement   // RequireNone, RequireKnown or RequireTrusted
	MaxRisk   *int          // the highest score that passes; nil for any below the policy's thresholds
	MaxAge    time.Duration // how old the last proof may be; 0 for as old as a pass gets
	At        time.Time
}

// RequireNone lets a proxy pass all but refused devices, and learn what is known.
const RequireNone Requirement = "none"

// Verdict is what becomes of a request at a proxy.
type Verdict string

// The verdicts.
const (
	VerdictPass  Verdict = "pass"
	VerdictCheck Verdict = "check" // the device has to show itself, or to become what is required
	VerdictDeny  Verdict = "deny"  // no device check would help
)

// Passage is the answer to a proxy. Members are empty where nothing is known.
type Passage struct {
	Verdict Verdict
	Reason  string // why not, by code; "" where it passes
	UserID  UserID // only by an assertion of this request, for the user of the device
	Device  DeviceID
	Trusted bool
	Risk    *int   // of the last decision
	Bound   bool   // the pass came by a bound session
	Token   string // a device token (RFC 7519) for the app behind the proxy
}

// Reasons why a request does not pass, beside those of decisions.
const (
	ReasonPassMissing  = "pass_missing"  // there is no pass, or none that counts here
	ReasonPassExpired  = "pass_expired"  // it is over, or older than is asked for
	ReasonUserMismatch = "user_mismatch" // the request says it is another user's than the device is
	ReasonRiskTooHigh  = "risk_too_high"
)

// DeviceCheck is a decision on a device that showed itself for the sake of a proxy.
type DeviceCheck struct {
	Decision  Decision
	Pass      string // for the cookie, or "" where the device is not known or is refused
	PassUntil time.Time
}

// PassLife is how long a pass lasts.
const PassLife = 10 * time.Minute

// BoundSession is a Device Bound Session (DBSC): a key of the browser's own, beside the
// device's, that renews passes without a page.
type BoundSession struct {
	ID          string
	AppID       AppID
	UserID      UserID
	DeviceID    DeviceID
	Thumbprint  string // of the device's key when it was bound: another key, another session
	Origin      string
	PublicKey   json.RawMessage // JWK of the session's key
	RiskScore   int             // of the decision that it began with
	Trusted     bool            // likewise
	CreatedAt   time.Time
	RefreshedAt time.Time
	ExpiresAt   time.Time
}

// SessionLife is how long a bound session renews passes. Then the device's key is asked
// again, and risk with it.
const SessionLife = 8 * time.Hour

// Standing is where a device stands now: what a request that shows a pass or a token is
// held against. Members of the device that fold out of events may lag behind.
type Standing struct {
	Device Device
	User   User
}

// Introspection is the live state of a device token (RFC 7662). Where it is not active,
// nothing else is told.
type Introspection struct {
	Active         bool              `json:"active" doc:"The token is ours and of this app, has not expired, and its device is still active with the same key"`
	TokenType      string            `json:"token_type,omitempty" doc:"DPoP: the token is bound to the device's key (RFC 9449)"`
	Issuer         string            `json:"iss,omitempty"`
	Audience       AppID             `json:"aud,omitempty"`
	Subject        UserID            `json:"sub,omitempty"`
	IssuedAt       int64             `json:"iat,omitempty" doc:"Seconds since 1970 (NumericDate, RFC 7519)"`
	Expires        int64             `json:"exp,omitempty"`
	DeviceID       DeviceID          `json:"device_id,omitempty"`
	Confirmation   map[string]string `json:"cnf,omitempty" doc:"RFC 7800, with the jkt of RFC 9449"`
	Methods        []string          `json:"amr,omitempty" doc:"RFC 8176"`
	Trusted        bool              `json:"trusted,omitempty" doc:"It was trusted then and is now"`
	Risk           *int              `json:"risk,omitempty" doc:"The score of the decision that the token is of, or of a later one where that is higher"`
	Recommendation Recommendation    `json:"recommendation,omitempty" doc:"Of that decision; ALLOW where its trust is over, CHALLENGE where a later one was riskier"`
}
