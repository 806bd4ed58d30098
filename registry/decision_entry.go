package registry

import (
	"cmp"
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/risk"
)

// entries are recorded decisions as they can be read back, each with the points that the
// policy of its time gave.
func (r *Registry) entries(ctx context.Context, app symbolon.AppID, events []symbolon.Event) ([]symbolon.DecisionEntry, error) {
	all, then := []symbolon.DecisionEntry{}, &policies{store: r.store, app: app}
	for _, e := range events {
		d, _ := e.Decided()
		p, err := then.at(ctx, e.At)
		if err != nil {
			return nil, err
		}
		all = append(all, symbolon.DecisionEntry{
			ID: r.decisionID(app, e.ID), EventID: e.ID, DecidedAt: e.At, UserID: e.UserID, DeviceID: e.DeviceID, Actor: e.Actor,
			IPAddress: e.IPAddress, Action: d.Action, PayloadHash: d.PayloadHash, Recommendation: d.Recommendation,
			SecondFactor: d.SecondFactor, Known: d.Known, Trusted: d.Trusted, Risk: recordedRisk(d, p.risk),
			Rules: d.Rules, Previews: d.Previews, Place: d.Place, PolicyVersion: p.version,
		})
	}
	return all, nil
}

// recordedRisk is why the answer was what it was, then the reasons of risk, the strongest
// first: also those that the policy gave no points, since they are recorded and counted too.
func recordedRisk(d symbolon.Decided, p symbolon.RiskPolicy) symbolon.Risk {
	out := symbolon.Risk{Score: d.Score, Level: risk.Level(d.Score, p), Reasons: []symbolon.Reason{}}
	var found []symbolon.Reason
	for _, r := range d.Reasons {
		if r.Weight == 0 {
			out.Reasons = append(out.Reasons, symbolon.Reason{Code: r.Code, Detail: cmp.Or(r.Detail, policy.Sentence(r.Code))})
			continue
		}
		found = append(found, symbolon.Reason{Code: r.Code, Weight: r.Weight, Detail: r.Detail})
	}
	out.Reasons = append(out.Reasons, risk.Score(found, p).Reasons...)
	return out
}

// policies are the versions of an app's policy, read as far back as is asked for.
type policies struct {
	store    symbolon.Policies
	app      symbolon.AppID
	versions []symbolon.PolicyVersion // the latest first
	whole    bool                     // there are no earlier ones
	read     map[int64]symbolon.RiskPolicy
}

type policyThen struct {
	version int64
	risk    symbolon.RiskPolicy
}

// at is the policy of a time. Within a second of a change, the one before may have decided.
func (p *policies) at(ctx context.Context, then time.Time) (policyThen, error) {
	for i := 0; ; i++ {
		if i == len(p.versions) && !p.whole {
			if err := p.readMore(ctx); err != nil {
				return policyThen{}, err
			}
		}
		if i == len(p.versions) {
			return p.parsed(symbolon.PolicyVersion{Document: []byte("{}")}), nil
		}
		if !p.versions[i].At.After(then) {
			return p.parsed(p.versions[i]), nil
		}
	}
}

func (p *policies) readMore(ctx context.Context) error {
	before := int64(0)
	if n := len(p.versions); n > 0 {
		before = p.versions[n-1].Version
	}
	const some = 20
	page, err := p.store.ListPolicies(ctx, p.app, before, some)
	p.versions = append(p.versions, page...)
	p.whole = len(page) < some
	return err
}

func (p *policies) parsed(v symbolon.PolicyVersion) policyThen {
	if known, ok := p.read[v.Version]; ok {
		return policyThen{v.Version, known}
	}
	doc, err := symbolon.ParsePolicy(v.Document)
	if err != nil { // written before what is refused now: its decisions can be read all the same
		doc = symbolon.DefaultPolicy()
	}
	if p.read == nil {
		p.read = map[int64]symbolon.RiskPolicy{}
	}
	p.read[v.Version] = doc.Risk
	return policyThen{v.Version, doc.Risk}
}
