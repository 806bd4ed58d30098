package registry

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// outcome is a decision about a proven device, on its way into the store.
type outcome struct {
	question
	device  symbolon.Device // as it shall be
	changed bool            // from how it was read
	calm    bool            // nothing asks for more, so that the device's record may learn from it
	found   assessment
	verdict policy.Verdict
}

// record assesses and evaluates for a proven device, and makes the one write.
func (r *Registry) record(ctx context.Context, q question, f policy.Facts) (symbolon.Decision, error) {
	if f.Device.BlockEnded(q.now) {
		if err := r.endBlock(ctx, *f.Device, q.now); err != nil {
			return symbolon.Decision{}, err
		}
		return symbolon.Decision{}, symbolon.ErrStale // read it again, unblocked
	}
	o := r.outcome(q, f)
	id, err := r.write(ctx, o)
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		f.Proof, f.Device = symbolon.ProofReplayed, nil
		return r.unrecorded(ctx, q, f)
	}
	if err != nil {
		return symbolon.Decision{}, err
	}
	r.proved(q, o.device)
	d := decision(o.verdict, q, o.found)
	d.ID, d.ProofResult, d.Device = r.decisionID(q.app, id), symbolon.ProofValid, &o.device
	return d, nil
}

// outcome is what the facts come to. They are held against the device as it was read, by
// risk and by the rules; only what neither of them asks more for changes that record, so
// that oddness does not become normal by being repeated.
func (r *Registry) outcome(q question, f policy.Facts) *outcome {
	o := &outcome{question: q, device: *f.Device}
	if o.device.ProvenAt == nil { // this proof makes it known
		o.device.ProvenAt, o.changed = &q.now, true
	}
	f.Device = &o.device
	o.found, o.verdict = r.judge(q, f)
	o.calm = calm(o.verdict)
	if o.calm && q.seen.adopt(&o.device) {
		o.changed = true
	}
	if o.verdict.Distrust {
		system := symbolon.Actor{Kind: symbolon.CallerSystem}
		o.device.Trust, o.changed = endTrust(o.device.Trust, q.now, distrustedFor(o.found.risk), system), true
	}
	if o.changed {
		o.device.UpdatedAt = q.now
	}
	return o
}

// judge assesses a request on which the device showed its key, and evaluates the policy.
func (r *Registry) judge(q question, f policy.Facts) (assessment, policy.Verdict) {
	found := r.assessKnown(q, f)
	f.Risk = found.risk
	return found, policy.Evaluate(f)
}

// calm tells whether a record may learn from what came to this.
func calm(v policy.Verdict) bool {
	return v.Recommendation == symbolon.RecommendTrust || v.Recommendation == symbolon.RecommendAllow
}

// write spends the challenge and appends the event, and with them stores the device if it
// changed: all of it or nothing.
func (r *Registry) write(ctx context.Context, o *outcome) (symbolon.EventID, error) {
	data, err := json.Marshal(o.decided())
	if err != nil {
		return 0, err
	}
	rec := symbolon.DecisionRecord{
		DeviceID: o.device.ID, Version: o.device.Version, Spend: o.proof.challenge.SpendKey(),
		Event: symbolon.Event{
			AppID: o.app, Type: symbolon.EventDeviceDecided, At: o.now, Actor: o.caller.Actor(),
			UserID: o.device.UserID, DeviceID: o.device.ID, IPAddress: o.seen.address, Data: data,
		},
	}
	if !o.changed {
		return r.store.PutDecision(ctx, rec)
	}
	var id symbolon.EventID
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		stored, err := tx.PutDevice(ctx, o.device)
		if err != nil {
			return err
		}
		rec.Version = stored.Version
		if id, err = tx.PutDecision(ctx, rec); err != nil || !o.verdict.Distrust {
			return err
		}
		// After the decision, which by that can't be what new trust rests on.
		return system(tx, o.now).tell(ctx, symbolon.EventDeviceDistrusted, o.device, eventData{"reason": o.device.Trust.RevokedReason})
	})
	return id, err
}

// decided is what the log keeps. Reasons of risk are there also where the policy gives
// them no points, so that another policy can be tried on them.
func (o *outcome) decided() symbolon.Decided {
	v, place := o.verdict, known(o.seen.place)
	return symbolon.Decided{
		Recommendation: v.Recommendation, SecondFactor: v.SecondFactor, ProofResult: symbolon.ProofValid,
		Action: o.action, PayloadHash: o.proof.PayloadHash, Known: v.Known, Trusted: v.Trusted, Score: v.Risk.Score,
		Reasons: o.reasons(), Rules: names(v.Rules), Previews: names(v.Previews),
		Place: place, Moved: o.calm && o.device.History.Misses(o.seen.place, o.now),
	}
}

// reasons are why the answer is what it is, then those of risk.
func (o *outcome) reasons() []symbolon.DecidedReason {
	var all []symbolon.DecidedReason
	for _, r := range o.verdict.Risk.Reasons {
		if r.Weight == 0 {
			all = append(all, symbolon.DecidedReason{Code: r.Code, Detail: beyond(policy.Sentence(r.Code), r.Detail)})
		}
	}
	for _, r := range o.found.risk.Reasons {
		all = append(all, symbolon.DecidedReason{Code: r.Code, Weight: r.Weight, Detail: r.Detail})
	}
	return all
}

// beyond is what is said, unless it is what is said always.
func beyond(always, said string) string {
	if said == always {
		return ""
	}
	return said
}

func names(matches []symbolon.RuleMatch) []string {
	var all []string
	for _, m := range matches {
		all = append(all, m.Name)
	}
	return all
}
