// Package policy holds the rules of an app's policy: what a decision comes to, whom a
// device limit admits, how long trust lasts. All of it is pure: facts in, verdict out.
package policy

import (
	"cmp"
	"slices"
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
	Rules  *Rules // the policy's; nil for none, and where the time that they take would tell a stranger something

	Risk       symbolon.Risk // the zero value where nothing was assessed
	Place      symbolon.Place
	IPAddress  string
	Around     symbolon.Around
	AppVersion string

	OperatingSystem, Browser string // as the request shows them; Device has what its record says
}

// Verdict is what the facts come to.
type Verdict struct {
	Recommendation symbolon.Recommendation
	SecondFactor   symbolon.SecondFactor
	Known          bool
	Trusted        bool
	TrustedUntil   *time.Time
	Reasons        []symbolon.Reason    // those of Risk
	Risk           symbolon.Risk        // with why the answer is what it is before the reasons that have points
	Rule           *string              // the production rule that made the answer what it is, if one did
	Rules          []symbolon.RuleMatch // production rules that held, by priority
	Previews       []symbolon.RuleMatch // preview rules that would have made the answer stricter

	// Distrust says that the device's trust must be revoked in the transaction that
	// records the decision: the score reached the policy's distrustAt. It is set also for
	// trust that merely rests, since another policy could let it count again.
	Distrust bool
}

// Evaluate gives the first recommendation that fits, from strict to mild, and whether
// the action's second factor may be skipped. Nothing unknown ever skips one.
func Evaluate(f Facts) Verdict {
	v, why := f.identify()
	v.atLeast(f.byRisk())
	if v.Distrust = v.Known && f.distrusts(); v.Distrust {
		v.Trusted, v.TrustedUntil = false, nil
		why = reason(symbolon.ReasonTrustRevoked, "The device's trust ended with this decision, since its risk is too high.")
	}
	if f.Rules != nil {
		v.obey(f)
	}
	v.SecondFactor = symbolon.FactorRequire
	if meets(v.Recommendation, Requirement(f.Policy, f.Action)) {
		v.SecondFactor = symbolon.FactorSkip
	}
	v.Risk = f.explained(why)
	v.Reasons = v.Risk.Reasons
	return v
}

// identify gives the answer of proof, device and trust alone, and why it is no milder.
func (f *Facts) identify() (v Verdict, why symbolon.Reason) {
	if v.Recommendation, why = f.deny(); v.Recommendation == "" {
		v.Recommendation, why = f.challenge()
	}
	if v.Recommendation != "" {
		return v, why
	}
	v.Known, v.Recommendation = true, symbolon.RecommendAllow
	state := f.Device.TrustAt(f.Now, f.Policy.Trust)
	if state != symbolon.TrustActive {
		return v, notTrusted(state)
	}
	v.Trusted, v.Recommendation = true, symbolon.RecommendTrust
	v.TrustedUntil = f.Device.Trust.TrustedUntilUnder(f.Policy.Trust)
	return v, why
}

// byRisk is the mildest answer that the risk allows.
func (f *Facts) byRisk() symbolon.Recommendation {
	limits, score := f.Policy.Risk, f.Risk.Score
	switch {
	case score >= limits.DenyAt:
		return symbolon.RecommendDeny
	case score >= limits.ChallengeAt, f.resemblesBlocked():
		return symbolon.RecommendChallenge
	}
	return symbolon.RecommendTrust
}

// resemblesBlocked asks for a factor whatever the thresholds are: a blocked device that
// came back with another key is not to be let in by a lenient policy.
func (f *Facts) resemblesBlocked() bool {
	return f.Policy.Risk.Points[symbolon.RiskResemblesBlocked] > 0 &&
		slices.ContainsFunc(f.Risk.Reasons, func(r symbolon.Reason) bool { return r.Code == symbolon.RiskResemblesBlocked })
}

// distrusts is asked of known devices only.
func (f *Facts) distrusts() bool {
	t := f.Device.Trust
	if f.Risk.Score < f.Policy.Risk.DistrustAt || t == nil || t.RevokedAt != nil {
		return false
	}
	return t.TrustedUntil == nil || f.Now.Before(*t.TrustedUntil)
}

// explained is the risk with why the answer is what it is, and without the reasons that
// added nothing.
func (f *Facts) explained(why symbolon.Reason) symbolon.Risk {
	risk := f.Risk
	if risk.Level == "" {
		risk.Level = symbolon.RiskLow
	}
	risk.Reasons = make([]symbolon.Reason, 0, len(f.Risk.Reasons)+1)
	if why.Code != "" {
		risk.Reasons = append(risk.Reasons, why)
	}
	for _, r := range f.Risk.Reasons {
		switch {
		case r.Points <= 0:
		case r.Code == why.Code:
			risk.Reasons[0] = r // the same finding, with its points
		default:
			risk.Reasons = append(risk.Reasons, r)
		}
	}
	return risk
}

// strictness orders recommendations. What is none counts as the strictest.
func strictness(r symbolon.Recommendation) int {
	switch r {
	case symbolon.RecommendTrust:
		return 0
	case symbolon.RecommendAllow:
		return 1
	case symbolon.RecommendChallenge:
		return 2
	}
	return 3
}

// atLeast makes the answer as strict as the recommendation, and tells whether it was
// milder.
func (v *Verdict) atLeast(r symbolon.Recommendation) bool {
	milder := strictness(v.Recommendation) < strictness(r)
	if milder {
		v.Recommendation = r
	}
	return milder
}

// obey lets the rules make the answer stricter.
func (v *Verdict) obey(f Facts) {
	var previews []symbolon.RuleMatch
	v.Rules, previews = f.Rules.match(&f)
	for i := range v.Rules {
		if v.atLeast(v.Rules[i].Recommend) {
			v.Rule = &v.Rules[i].Name
		}
	}
	for _, m := range previews {
		if strictness(m.Recommend) > strictness(v.Recommendation) {
			v.Previews = append(v.Previews, m)
		}
	}
}

func (f *Facts) deny() (symbolon.Recommendation, symbolon.Reason) {
	switch {
	case f.Proof == symbolon.ProofReplayed:
		return symbolon.RecommendDeny, plain(symbolon.ReasonProofReplayed)
	case f.Proof == symbolon.ProofInvalid:
		return symbolon.RecommendDeny, plain(symbolon.ReasonProofInvalid)
	case f.Proof != symbolon.ProofValid:
		return "", symbolon.Reason{}
	case f.User != nil && !f.User.DeactivatedAt.IsZero():
		return symbolon.RecommendDeny, plain(symbolon.ReasonUserDeactivated)
	case f.Device != nil && f.Device.Status == symbolon.StatusBlocked:
		return symbolon.RecommendDeny, plain(symbolon.ReasonDeviceBlocked)
	}
	return "", symbolon.Reason{}
}

func (f *Facts) challenge() (symbolon.Recommendation, symbolon.Reason) {
	const rec = symbolon.RecommendChallenge
	switch {
	case f.Proof == symbolon.ProofMissing:
		return rec, plain(symbolon.ReasonProofMissing)
	case f.Proof == symbolon.ProofExpired:
		return rec, plain(symbolon.ReasonProofExpired)
	case f.User == nil:
		return rec, plain(symbolon.ReasonUserNeeded)
	case f.Proof != symbolon.ProofValid || f.Device == nil || f.Device.Status == symbolon.StatusUnbound:
		return rec, plain(symbolon.ReasonUnknownDevice)
	case f.Device.Status == symbolon.StatusPending:
		return rec, plain(symbolon.ReasonDevicePending)
	case !f.Device.Known():
		return rec, reason(symbolon.ReasonUnknownDevice, "The device has not shown its key yet.")
	}
	return "", symbolon.Reason{}
}

func notTrusted(state symbolon.TrustState) symbolon.Reason {
	switch state {
	case symbolon.TrustExpired:
		return plain(symbolon.ReasonTrustExpired)
	case symbolon.TrustIdle:
		return plain(symbolon.ReasonTrustIdle)
	case symbolon.TrustRevoked:
		return plain(symbolon.ReasonTrustRevoked)
	case symbolon.TrustPaused:
		return plain(symbolon.ReasonTrustPaused)
	}
	return plain(symbolon.ReasonNotTrusted)
}

func reason(code, detail string) symbolon.Reason {
	return symbolon.Reason{Code: code, Detail: detail}
}

// plain is a reason of which there is no more to say than its code does.
func plain(code string) symbolon.Reason { return reason(code, sentences[code]) }

var sentences = map[string]string{
	symbolon.ReasonProofReplayed:   "The proof was used before.",
	symbolon.ReasonProofInvalid:    "The proof does not verify: it was made for something else, or forged.",
	symbolon.ReasonUserDeactivated: "The user is deactivated.",
	symbolon.ReasonDeviceBlocked:   "The device is blocked.",
	symbolon.ReasonProofMissing:    "The request carries no proof of a device.",
	symbolon.ReasonProofExpired:    "The proof's challenge has expired; a fresh one is needed.",
	symbolon.ReasonUserNeeded:      "Neither the caller nor the proof names a user.",
	symbolon.ReasonUnknownDevice:   "The key is not one of this user's devices.",
	symbolon.ReasonDevicePending:   "The device waits for approval.",
	symbolon.ReasonTrustExpired:    "The device's trust has ended.",
	symbolon.ReasonTrustIdle:       "The device's trust has ended, since it was not used for too long.",
	symbolon.ReasonTrustRevoked:    "The device's trust was revoked.",
	symbolon.ReasonTrustPaused:     "The policy has trust switched off.",
	symbolon.ReasonNotTrusted:      "The user has not chosen to trust the device.",
}

// Sentence is what a reason that is not about risk says where nothing more is known of it;
// "" for any other.
func Sentence(code string) string { return sentences[code] }

// Requirement is what the action asks of a device. An action that the policy does not
// name asks for trust, as login does by default.
func Requirement(p *symbolon.Policy, action string) symbolon.Requirement {
	action = cmp.Or(action, symbolon.ActionLogin)
	if a, ok := p.Actions[action]; ok {
		return a.Require
	}
	return symbolon.RequireTrusted
}

// meets tells whether an answer skips the factor of an action that requires this.
func meets(answer symbolon.Recommendation, r symbolon.Requirement) bool {
	trusted := answer == symbolon.RecommendTrust
	return trusted && r == symbolon.RequireTrusted || (trusted || answer == symbolon.RecommendAllow) && r == symbolon.RequireKnown
}
