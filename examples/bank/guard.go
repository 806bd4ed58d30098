package bank

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// The actions that the bank asks Symbolon about; [Policy] says what each requires.
const (
	actionView     = "view"
	actionDevices  = "devices"
	actionTransfer = "transfer"
)

// evidence is what the page's SDK gave for one request: prove() of @symbolon/web.
type evidence struct {
	Proof   string          `json:"proof,omitempty"`
	Signals json.RawMessage `json:"signals,omitempty"`
	Pretend pretence        `json:"pretend,omitzero"`
}

// question is what a request wants to do, and what it has to show for it.
type question struct {
	action      string
	payloadHash string // of what the customer was shown, where the action signs it
	evidence    evidence
	code        string // the customer's second factor, where the page was asked for one
}

// decisionLimit is how long the bank waits for Symbolon before it asks for a code instead.
const decisionLimit = 3 * time.Second

// decide asks Symbolon. An error means that nothing is known of the device: never that it
// is trusted.
func (b *Bank) decide(c *call, q question) (symbolon.Decision, error) {
	ctx, cancel := context.WithTimeout(c.ctx(), decisionLimit)
	defer cancel()
	at, signals := b.seen(c, q.evidence)
	d, err := b.cfg.Symbolon.Decide(ctx, symbolon.DecisionRequest{
		UserID: c.session.user, Proof: q.evidence.Proof, Signals: signals,
		Action: q.action, PayloadHash: q.payloadHash, Context: at,
	})
	if err != nil {
		b.cfg.Log.WarnContext(c.ctx(), "symbolon did not decide", "action", q.action, "error", err)
		c.note(note{Kind: "undecided", Action: q.action})
		return d, err
	}
	c.noteDecision(q.action, d)
	return d, nil
}

// refusal is why a decision ends the request, whatever else the customer can show.
func refusal(d symbolon.Decision) error {
	switch {
	case d.ProofResult == symbolon.ProofInvalid, d.ProofResult == symbolon.ProofReplayed:
		return errProofRefused
	case d.Recommendation == symbolon.RecommendDeny && hasReason(d, symbolon.ReasonDeviceBlocked):
		return errDeviceBlocked
	case d.Recommendation == symbolon.RecommendDeny:
		return errRefused
	}
	return nil
}

func hasReason(d symbolon.Decision, code string) bool {
	return slices.ContainsFunc(d.Risk.Reasons, func(r symbolon.Reason) bool { return r.Code == code })
}

// check lets a signed-in customer's request pass, or says what is missing. Each request
// proves its device anew, so that a block counts at once. A code can stand in for the
// device, also while Symbolon is away; it can't outweigh a refusal.
func (b *Bank) check(c *call, q question) error {
	if c.session.stage != stageOpen {
		return errSignedOut
	}
	d, err := b.decide(c, q)
	if err == nil {
		if err := refusal(d); err != nil {
			if errors.Is(err, errDeviceBlocked) {
				b.sessions.end(c)
			}
			return err
		}
		if d.SecondFactor == symbolon.FactorSkip && c.session.mayStandOn(d.Device) {
			return b.standOn(c, d.Device.ID)
		}
	}
	switch {
	case q.code != "":
		if err := b.takeCode(c, q.code); err != nil {
			return err
		}
		return b.standOn(c, "")
	case q.action == actionView && c.session.device == "":
		return nil // the code that opened the session covers looking at it
	}
	return errCodeNeeded
}

// mayStandOn tells whether the device is the session's own; one that a code opened may
// come to stand on the first that shows itself.
func (s session) mayStandOn(d *symbolon.Device) bool {
	return d != nil && (s.device == "" || s.device == d.ID)
}

func (b *Bank) standOn(c *call, device symbolon.DeviceID) error {
	c.session.device = device
	b.sessions.save(c)
	return nil
}

func (b *Bank) takeCode(c *call, code string) error {
	owner := b.customers[c.session.user]
	err := b.attempts.guess(c.now, func() error { return owner.takeCode(code, c.now) }, "code of "+string(owner.user))
	c.note(note{Kind: "code", OK: err == nil})
	return err
}
