package bank

import (
	"time"

	"github.com/symbolon-id/symbolon"
)

// note is one line of the demo's panel: what the bank did to answer a call. The page puts
// it into words. Nothing that opens anything goes into it: no proof, ticket or credential.
type note struct {
	Kind     string         `json:"kind"` // decided, undecided, code, ticket, trusted, not_trusted, staff
	Action   string         `json:"action,omitempty"`
	User     string         `json:"user,omitempty"`
	Device   string         `json:"device,omitempty"` // its name
	OK       bool           `json:"ok,omitempty"`
	Until    *time.Time     `json:"until,omitempty"`
	Decision *shownDecision `json:"decision,omitempty"`
}

// shownDecision is the part of a decision that is worth a person's look.
type shownDecision struct {
	Recommendation symbolon.Recommendation `json:"recommendation"`
	SecondFactor   symbolon.SecondFactor   `json:"secondFactor"`
	ProofResult    symbolon.ProofResult    `json:"proofResult"`
	Known          bool                    `json:"known"`
	Trusted        bool                    `json:"trusted"`
	TrustedUntil   *time.Time              `json:"trustedUntil"`
	TrustEnded     bool                    `json:"trustEnded,omitempty"` // by this very decision
	Risk           symbolon.Risk           `json:"risk"`
	Rule           *string                 `json:"rule"`
	Place          *symbolon.Place         `json:"place,omitempty"`
}

func (c *call) note(n note) {
	n.User = string(c.session.user)
	c.notes = append(c.notes, n)
}

func (c *call) noteDecision(action string, d symbolon.Decision) {
	n := note{Kind: "decided", Action: action, Decision: &shownDecision{
		Recommendation: d.Recommendation, SecondFactor: d.SecondFactor, ProofResult: d.ProofResult,
		Known: d.Known, Trusted: d.Trusted, TrustedUntil: d.TrustedUntil, TrustEnded: endedTrust(d),
		Risk: d.Risk, Rule: d.Rule, Place: d.Place,
	}}
	if d.Device != nil {
		n.Device = d.Device.Name
	}
	c.note(n)
}

// endedTrust tells whether the decision was too odd for trust to go on.
func endedTrust(d symbolon.Decision) bool {
	if d.Device == nil || d.Device.Trust == nil || d.Device.Trust.RevokedAt == nil {
		return false
	}
	return !d.Device.Trust.RevokedAt.Before(d.DecidedAt)
}
