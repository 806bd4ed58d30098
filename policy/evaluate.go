// Package policy holds the rules of an app's policy: what a decision comes to, whom a
// device limit admits, how long trust lasts. All of it is pure: facts in, verdict out.
package policy

import (
	"time"

	"github.com/symbolon-id/symbolon"
)

// Facts are what a decision goes by.
type Facts struct {
	Proof  symbolon.ProofResult
	User   *symbolon.User   // nil where nobody named a user
	Device *symbolon.Device // the device whose key signed; nil unless the proof is valid
	Action string           // "" is login
	Now    time.Time
	Policy *symbolon.Policy
}

// Verdict is what the facts come to.
type Verdict struct {
	Recommendation symbolon.Recommendation
	SecondFactor   symbolon.SecondFactor
	Known          bool
	Trusted        bool
	TrustedUntil   *time.Time
	Reasons        []symbolon.Reason
}

// Evaluate gives the first recommendation that fits, from strict to mild, and whether
// the action's second factor may be skipped. Nothing unknown ever skips one.
func Evaluate(f Facts) Verdict {
	v := Verdict{SecondFactor: symbolon.FactorRequire}
	rec, reason := f.deny()
	if rec == "" {
		rec, reason = f.challenge()
	}
	if rec != "" {
		v.Recommendation, v.Reasons = rec, []symbolon.Reason{reason}
		return v
	}
	v.Known = true
	v.Recommendation = symbolon.RecommendAllow
	state := f.Device.TrustAt(f.Now, f.Policy.Trust)
	if state == symbolon.TrustActive {
		v.Trusted, v.Recommendation = true, symbolon.RecommendTrust
		v.TrustedUntil = f.Device.Trust.TrustedUntilUnder(f.Policy.Trust)
	} else {
		v.Reasons = []symbolon.Reason{notTrusted(state)}
	}
	if meets(v.Trusted, Requirement(f.Policy, f.Action)) {
		v.SecondFactor = symbolon.FactorSkip
	}
	return v
}

func (f Facts) deny() (symbolon.Recommendation, symbolon.Reason) {
	switch {
	case f.Proof == symbolon.ProofReplayed:
		return symbolon.RecommendDeny, reason(symbolon.ReasonProofReplayed, "The proof was used before.")
	case f.Proof == symbolon.ProofInvalid:
		return symbolon.RecommendDeny, reason(symbolon.ReasonProofInvalid, "The proof does not verify: it was made for something else, or forged.")
	case f.Proof != symbolon.ProofValid:
		return "", symbolon.Reason{}
	case f.User != nil && !f.User.DeactivatedAt.IsZero():
		return symbolon.RecommendDeny, reason(symbolon.ReasonUserDeactivated, "The user is deactivated.")
	case f.Device != nil && f.Device.Status == symbolon.StatusBlocked:
		return symbolon.RecommendDeny, reason(symbolon.ReasonDeviceBlocked, "The device is blocked.")
	}
	return "", symbolon.Reason{}
}

func (f Facts) challenge() (symbolon.Recommendation, symbolon.Reason) {
	const rec = symbolon.RecommendChallenge
	switch {
	case f.Proof == symbolon.ProofMissing:
		return rec, reason(symbolon.ReasonProofMissing, "The request carries no proof of a device.")
	case f.Proof == symbolon.ProofExpired:
		return rec, reason(symbolon.ReasonProofExpired, "The proof's challenge has expired; a fresh one is needed.")
	case f.User == nil:
		return rec, reason(symbolon.ReasonUserNeeded, "Neither the caller nor the proof names a user.")
	case f.Proof != symbolon.ProofValid || f.Device == nil || f.Device.Status == symbolon.StatusUnbound:
		return rec, reason(symbolon.ReasonUnknownDevice, "The key is not one of this user's devices.")
	case f.Device.Status == symbolon.StatusPending:
		return rec, reason(symbolon.ReasonDevicePending, "The device waits for approval.")
	case !f.Device.Known():
		return rec, reason(symbolon.ReasonUnknownDevice, "The device has not shown its key yet.")
	}
	return "", symbolon.Reason{}
}

func notTrusted(state symbolon.TrustState) symbolon.Reason {
	switch state {
	case symbolon.TrustExpired:
		return reason(symbolon.ReasonTrustExpired, "The device's trust has ended.")
	case symbolon.TrustIdle:
		return reason(symbolon.ReasonTrustIdle, "The device's trust has ended, since it was not used for too long.")
	case symbolon.TrustRevoked:
		return reason(symbolon.ReasonTrustRevoked, "The device's trust was revoked.")
	case symbolon.TrustPaused:
		return reason(symbolon.ReasonTrustPaused, "The policy has trust switched off.")
	}
	return reason(symbolon.ReasonNotTrusted, "The user has not chosen to trust the device.")
}

func reason(code, detail string) symbolon.Reason {
	return symbolon.Reason{Code: code, Detail: detail}
}

// Requirement is what the action asks of a device. An action that the policy does not
// name asks for trust, as login does by default.
func Requirement(p *symbolon.Policy, action string) symbolon.Requirement {
	if action == "" {
		action = symbolon.ActionLogin
	}
	if a, ok := p.Actions[action]; ok {
		return a.Require
	}
	return symbolon.RequireTrusted
}

// meets is asked of known devices only.
func meets(trusted bool, r symbolon.Requirement) bool {
	return r == symbolon.RequireKnown || r == symbolon.RequireTrusted && trusted
}
