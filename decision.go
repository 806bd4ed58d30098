package symbolon

import "time"

// Recommendation is what a decision advises.
type Recommendation string

// The recommendations, from strict to mild.
const (
	RecommendDeny      Recommendation = "DENY"
	RecommendChallenge Recommendation = "CHALLENGE"
	RecommendAllow     Recommendation = "ALLOW"
	RecommendTrust     Recommendation = "TRUST"
)

// SecondFactor says whether the app may skip the second factor.
type SecondFactor string

// The two answers.
const (
	FactorSkip    SecondFactor = "skip"
	FactorRequire SecondFactor = "require"
)

// ProofResult says what became of the proof; for backends and admins only.
type ProofResult string

// The results.
const (
	ProofValid      ProofResult = "valid"
	ProofMissing    ProofResult = "missing"
	ProofUnknownKey ProofResult = "unknown_key"
	ProofInvalid    ProofResult = "invalid"
	ProofExpired    ProofResult = "expired"
	ProofReplayed   ProofResult = "replayed"
)

// ActionLogin is the action that a decision is about when none is named.
const ActionLogin = "login"

// MaxAction is the most characters that an action's name may have.
const MaxAction = 64

// Decision is the answer to "is this the user's own device, and may the second factor
// be skipped". Denial is a value: an error means that nothing could be decided.
type Decision struct {
	ID             string         `json:"decisionId" doc:"Names it for trust, within ten minutes"`
	Recommendation Recommendation `json:"recommendation" enum:"DENY,CHALLENGE,ALLOW,TRUST"`
	SecondFactor   SecondFactor   `json:"secondFactor" enum:"skip,require"`
	ProofResult    ProofResult    `json:"proofResult" enum:"valid,missing,unknown_key,invalid,expired,replayed"`
	Known          bool           `json:"known" doc:"The device is the user's, active, and showed its key in this request"`
	Device         *Device        `json:"device" doc:"null where no valid proof named one"`
	Trusted        bool           `json:"trusted"`
	TrustedUntil   *time.Time     `json:"trustedUntil" doc:"null for permanent, and where not trusted"`
	Risk           Risk           `json:"risk"`
	Rule           *string        `json:"rule" doc:"The policy rule that decided, if one did"`
	DeviceToken    string         `json:"deviceToken,omitempty" doc:"A JWT for offline verifiers, where asked for"`
	Place          *Place         `json:"place,omitempty" doc:"Where the address is, as far as is known; backends and admins only"`
	Previews       []RuleMatch    `json:"previews,omitempty" doc:"Preview rules that would have made the answer stricter"`
	Signals        []SignalRead   `json:"signals,omitempty" doc:"With explain=true: every signal that was read"`
	DecidedAt      time.Time      `json:"decidedAt"`

	RotateAfter *time.Time `json:"-"` // to a client of a known device only: see [Device]
}

// Risk is how odd a request looks, from 0 to 100, and why.
type Risk struct {
	Score   int      `json:"score" minimum:"0" maximum:"100"`
	Level   string   `json:"level" enum:"low,medium,high"`
	Reasons []Reason `json:"reasons"`
}

// Reason is one finding, with the points it adds and a sentence for support staff.
type Reason struct {
	Code   string `json:"code"`
	Points int    `json:"points"`
	Detail string `json:"detail"`

	Weight int `json:"-"` // percent of the policy's points for it that apply; 0 where it is not about risk
}

// SignalRead is one signal that a risk assessment read, also one that added nothing.
type SignalRead struct {
	Name   string `json:"name"`
	Value  string `json:"value" doc:"What was seen; empty where it was not there"`
	Reason string `json:"reason,omitempty" doc:"The code of what it gave rise to, where it did"`
	Points int    `json:"points" doc:"Of that reason"`
}

// RuleMatch is a rule of the policy that held, and what it asks for.
type RuleMatch struct {
	Name      string         `json:"name"`
	Recommend Recommendation `json:"recommend"`
	Failed    bool           `json:"failed,omitempty" doc:"It could not be evaluated, and so asks for CHALLENGE"`
}

// Reasons that are not about risk: they say why an answer is what it is.
const (
	ReasonUserNeeded      = "user_needed"
	ReasonProofMissing    = "proof_missing"
	ReasonProofInvalid    = "proof_invalid"
	ReasonProofExpired    = "proof_expired"
	ReasonProofReplayed   = "challenge_replayed"
	ReasonUnknownDevice   = "unknown_device"
	ReasonDevicePending   = "device_pending"
	ReasonDeviceBlocked   = "device_blocked"
	ReasonUserDeactivated = "user_deactivated"
	ReasonNotTrusted      = "not_trusted"
	ReasonTrustExpired    = "trust_expired"
	ReasonTrustIdle       = "trust_idle"
	ReasonTrustRevoked    = "trust_revoked"
	ReasonTrustPaused     = "trust_paused"
)

// DecisionRecord is the one write of a decision: it spends the challenge and appends
// the event, if the device is still as it was read.
type DecisionRecord struct {
	Event    Event    // of type [EventDeviceDecided], with user and device
	DeviceID DeviceID // the device that was read
	Version  int64    // its version then
	Spend    []byte   // the challenge's spend key: 8 bytes of expiry, then the nonce
}

// Identity is what one read for a decision finds under (app, user, key).
type Identity struct {
	Device *Device // nil where there is none
	User   User    // the zero state where there is no device
	Around Around  // the zero value where there is no device
}

// Around is what else the store has near a device, each number bounded by [MaxAround].
type Around struct {
	UserDevices   int             // active devices of its user, itself among them
	KeyUsers      int             // users that have a device with its key
	HardwareUsers int             // users that have a device with its manufacturer id; 0 where it has none
	Blocked       []BlockedDevice // of its user, at most [MaxBlocked], the latest first, without itself
}

// MaxAround bounds each count of [Around]: more than that is read as that.
const MaxAround = 50

// MaxBlocked bounds the blocked devices of [Around]: those that were blocked last.
const MaxBlocked = 8

// BlockedDevice is what a blocked device is recognised by should it come back with
// another key.
type BlockedDevice struct {
	ManufacturerID string // an HMAC, or ""
	Traits         string // as in [Device]
}
