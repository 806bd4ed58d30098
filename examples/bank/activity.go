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
	Reasons        []string                `json:"reasons"`
}

func (c *call) note(n note) {
	n.User = string(c.session.user)
	c.notes = append(c.notes, n)
}

func (c *call) noteDecision(action string, d symbolon.Decision) {
	shown := &shownDecision{
		Recommendation: d.Recommendation, SecondFactor: d.SecondFactor, ProofResult: d.ProofResult,
		Known: d.Known, Trusted: d.Trusted, TrustedUntil: d.TrustedUntil, Reasons: []string{},
	}
	for _, reason := range d.Risk.Reasons {
		shown.Reasons = append(shown.Reasons, reason.Code)
	}
	n := note{Kind: "decided", Action: action, Decision: shown}
	if d.Device != nil {
		n.Device = d.Device.Name
	}
	c.note(n)
}
