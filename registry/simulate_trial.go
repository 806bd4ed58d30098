package registry

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/risk"
)

// replayed is a recorded decision, as it is put to another policy.
type replayed struct {
	symbolon.Decided
	event  symbolon.Event
	found  []symbolon.Reason // with their weights
	device symbolon.Device   // in the state that it was in, as far as is known
	user   symbolon.User
	around symbolon.Around
}

// replay takes the device back to the time of the decision. False where it is gone, or the
// record says nothing any more.
func replay(rec symbolon.DecisionRecord, now subject) (replayed, bool) {
	p := replayed{event: rec.Event}
	if now.device == nil || json.Unmarshal(rec.Event.Data, &p.Decided) != nil || p.Recommendation == "" {
		return replayed{}, false
	}
	for _, r := range p.Reasons {
		p.found = append(p.found, symbolon.Reason{Code: r.Code, Weight: r.Weight})
	}
	p.device, p.around = *now.device, now.around
	p.device.Status, p.device.Block = symbolon.StatusActive, nil
	p.device.ProvenAt = nil
	switch at := rec.Event.At; {
	case p.Known:
		p.device.ProvenAt = &at
	case p.had(symbolon.ReasonDeviceBlocked):
		p.device.Status, p.device.Block = symbolon.StatusBlocked, &symbolon.Block{At: at}
	case p.had(symbolon.ReasonDevicePending):
		p.device.Status = symbolon.StatusPending
	case p.had(symbolon.ReasonUserDeactivated):
		p.user.DeactivatedAt = at
	}
	p.device.Trust = p.trust()
	return p, true
}

func (p replayed) had(code string) bool {
	return slices.ContainsFunc(p.Reasons, func(r symbolon.DecidedReason) bool { return r.Code == code })
}

// trust is what the device had of it then. Where it was granted anew since, only that it
// counted is known.
func (p replayed) trust() *symbolon.Trust {
	now, at := p.device.Trust, p.event.At
	switch {
	case now == nil || !now.GrantedAt.Before(at): // a grant follows the decision that it names
		if p.Trusted {
			return &symbolon.Trust{TrustedAt: at, GrantedAt: at}
		}
		return nil
	case now.RevokedAt != nil && !now.RevokedAt.Before(at): // later, or by this decision
		t := *now
		t.RevokedAt = nil
		return &t
	}
	return now
}

// trial is a policy that is tried on recorded decisions, in their order.
type trial struct {
	policy   symbolon.Policy
	rules    *policy.Rules
	lost     map[symbolon.DeviceID]time.Time // when trust ended by the trial's own answers
	verified map[symbolon.DeviceID]time.Time // the trial's last TRUST
	answers  *symbolon.SimulatedAnswers
}

// newTrial reads a policy as a put would.
func newTrial(doc json.RawMessage, answers *symbolon.SimulatedAnswers) (*trial, error) {
	p, rules, err := readRules(doc)
	return &trial{
		policy: p, rules: rules, answers: answers,
		lost: map[symbolon.DeviceID]time.Time{}, verified: map[symbolon.DeviceID]time.Time{},
	}, err
}

// asksAround tells whether an answer may depend on what is near the device.
func (t *trial) asksAround() bool { return len(t.policy.Rules) > 0 }

// asksUsage tells whether an answer may depend on how often the device was used.
func (t *trial) asksUsage() bool {
	return slices.ContainsFunc(t.policy.Rules, func(r symbolon.Rule) bool { return strings.Contains(r.When, "usageCount") })
}

// answer is what the policy makes of a decision, counted.
func (t *trial) answer(p replayed) policy.Verdict {
	v := policy.Evaluate(t.facts(p))
	t.answers.Count(v.Recommendation, v.SecondFactor)
	if v.Recommendation == symbolon.RecommendTrust {
		t.verified[p.device.ID] = p.event.At
	}
	if v.Distrust {
		t.lose(p.device.ID, p.event.At)
	}
	return v
}

func (t *trial) lose(id symbolon.DeviceID, at time.Time) {
	if _, before := t.lost[id]; !before {
		t.answers.Losses++
		if len(t.answers.Distrusted) < maxLossesNamed {
			t.answers.Distrusted = append(t.answers.Distrusted, id)
		}
	}
	t.lost[id] = at
}

func (t *trial) facts(p replayed) policy.Facts {
	d := p.device
	if d.Trust != nil {
		d.Trust = t.trust(d.ID, *d.Trust)
		d.LastVerifiedAt = t.lastVerified(p)
	}
	f := policy.Facts{
		Proof: symbolon.ProofValid, User: &p.user, Device: &d, Action: p.Action, Now: p.event.At,
		Policy: &t.policy, Rules: t.rules, Risk: risk.Score(p.found, t.policy.Risk),
		IPAddress: p.event.IPAddress, Around: p.around, AppVersion: d.AppVersion(),
		OperatingSystem: d.OperatingSystem, Browser: d.Browser, // the log does not say what was seen
	}
	if p.Place != nil {
		f.Place = *p.Place
	}
	return f
}

// trust is the device's, unless the trial ended it and nobody is known to have granted it
// since.
func (t *trial) trust(id symbolon.DeviceID, had symbolon.Trust) *symbolon.Trust {
	if lost, ok := t.lost[id]; ok && !had.GrantedAt.After(lost) {
		had.RevokedAt = &lost
	}
	return &had
}

// lastVerified is the trial's last TRUST on the device. Of the first decision that counted
// as trusted it is not known how long the device had been idle: that is in its favour.
func (t *trial) lastVerified(p replayed) *time.Time {
	if last, ok := t.verified[p.device.ID]; ok {
		return &last
	}
	if p.Trusted {
		return &p.event.At
	}
	return nil
}

func sameLimits(a, b symbolon.LimitPolicy) bool {
	return a.Devices == b.Devices && maps.Equal(a.PerType, b.PerType)
}
