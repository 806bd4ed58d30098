package bank

import (
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// progress says how far the browser's sign-in has come.
type progress struct {
	Stage  stage           `json:"stage"`
	Next   string          `json:"next,omitempty"` // while signing in: device, code, or accounts once it is done
	User   symbolon.UserID `json:"user,omitempty"`
	Name   string          `json:"name,omitempty"`
	Ticket string          `json:"ticket,omitempty"` // with which the page registers this browser
	Until  *time.Time      `json:"trustedUntil,omitempty"`
}

func (b *Bank) progress(c *call, next string) progress {
	p := progress{Stage: c.session.stage, Next: next, User: c.session.user}
	if owner, known := b.customers[c.session.user]; known {
		p.Name = owner.name
	}
	return p
}

func (b *Bank) showSession(c *call) (any, error) { return b.progress(c, ""), nil }

func (b *Bank) signOut(c *call, _ struct{}) (any, error) {
	b.sessions.end(c)
	return b.progress(c, ""), nil
}

type passwordStep struct {
	User     symbolon.UserID `json:"user"`
	Password string          `json:"password"`
}

// signInWithPassword is the first step. What it opens is only the way to the next one.
func (b *Bank) signInWithPassword(c *call, in passwordStep) (any, error) {
	if len(in.User) > symbolon.MaxText || len(in.Password) > symbolon.MaxText {
		return nil, invalid("user and password have at most %d characters", symbolon.MaxText)
	}
	check := func() error { return b.authenticate(in.User, in.Password) }
	if err := b.attempts.guess(c.now, check, "password of "+string(in.User), "address "+c.address()); err != nil {
		return nil, err
	}
	b.sessions.start(c, session{user: in.User, stage: stagePassword})
	return b.progress(c, "device"), nil
}

// signInWithDevice is the second step: a trusted device spares its user the code.
func (b *Bank) signInWithDevice(c *call, in evidence) (any, error) {
	if c.session.stage != stagePassword {
		return nil, errSignedOut
	}
	d, err := b.decide(c, question{action: symbolon.ActionLogin, evidence: in})
	if err != nil {
		return b.progress(c, "code"), nil
	}
	if err := refusal(d); err != nil {
		b.sessions.end(c)
		return nil, err
	}
	if d.SecondFactor != symbolon.FactorSkip || d.Device == nil {
		return b.progress(c, "code"), nil
	}
	b.sessions.start(c, session{user: c.session.user, stage: stageOpen, device: d.Device.ID})
	p := b.progress(c, "accounts")
	p.Until = d.TrustedUntil
	return p, nil
}

// trustChoices are the durations that the page's tick box offers.
var trustChoices = []string{"P1D", "P7D", "P30D"}

type codeStep struct {
	evidence
	Code  string `json:"code"`
	Trust string `json:"trust,omitempty"` // one of trustChoices; "" for not now
}

func (s codeStep) terms() (*symbolon.TrustTerms, error) {
	if s.Trust == "" {
		return nil, nil
	}
	if !slices.Contains(trustChoices, s.Trust) {
		return nil, invalid("trust must be one of %v, or absent", trustChoices)
	}
	duration, err := symbolon.ParseDuration(s.Trust)
	return &symbolon.TrustTerms{Duration: &duration}, err
}

// signInWithCode is the last step. It opens the session on the code; a known device is
// trusted if the customer wishes, an unknown one gets a ticket to be registered with.
func (b *Bank) signInWithCode(c *call, in codeStep) (any, error) {
	if c.session.stage != stagePassword {
		return nil, errSignedOut
	}
	terms, err := in.terms()
	if err != nil {
		return nil, err
	}
	d, undecided := b.decide(c, question{action: symbolon.ActionLogin, evidence: in.evidence})
	if undecided == nil {
		if err := refusal(d); err != nil {
			b.sessions.end(c)
			return nil, err
		}
	}
	if err := b.takeCode(c, in.Code); err != nil {
		return nil, err
	}
	opened := session{user: c.session.user, stage: stageOpen}
	if d.Known {
		opened.device = d.Device.ID
	}
	b.sessions.start(c, opened)
	p := b.progress(c, "accounts")
	switch {
	case undecided != nil:
		return p, nil
	case d.Known:
		p.Until = b.trust(c, d, terms)
	default:
		p.Ticket = b.ticket(c, terms)
	}
	return p, nil
}

// factor is the name of the bank's second factor (RFC 8176).
const factor = "otp"

// trust is the customer's wish. Where it can't be granted, the sign-in still holds, and
// the next one asks for a code again.
func (b *Bank) trust(c *call, d symbolon.Decision, terms *symbolon.TrustTerms) *time.Time {
	if terms == nil {
		return nil
	}
	device, err := b.cfg.Symbolon.TrustDevice(c.ctx(), d.Device.ID, symbolon.TrustRequest{
		DecisionID: d.ID, Factor: factor, TrustTerms: *terms,
	})
	if err != nil || device.Trust == nil {
		b.cfg.Log.WarnContext(c.ctx(), "the device could not be trusted", "error", err)
		c.note(note{Kind: "not_trusted", Device: d.Device.Name})
		return nil
	}
	c.note(note{Kind: "trusted", Device: device.Name, Until: device.Trust.TrustedUntil})
	return device.Trust.TrustedUntil
}

// ticket lets the page register this browser for the customer who has just shown both
// factors. Without one the browser stays unknown, which costs a code the next time.
func (b *Bank) ticket(c *call, terms *symbolon.TrustTerms) string {
	issued, err := b.cfg.Symbolon.IssueTicket(c.ctx(), symbolon.TicketRequest{
		UserID: c.session.user, Factor: factor, Trust: terms,
	})
	if err != nil {
		b.cfg.Log.WarnContext(c.ctx(), "no ticket could be had", "error", err)
		return ""
	}
	c.note(note{Kind: "ticket", OK: terms != nil})
	return issued.Ticket
}
