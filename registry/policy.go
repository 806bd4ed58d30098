package registry

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// GetPolicy gives an app's policy: the document as it was put, version 0 and {} where
// none was; with effective, every default filled in.
func (r *Registry) GetPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, effective bool) (symbolon.PolicyVersion, error) {
	if err := allow(c, app, opReadApp); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	if _, err := appIn(ctx, r.store, app); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	v, err := policyIn(ctx, r.store, app)
	if err != nil || !effective {
		return v, err
	}
	p, err := symbolon.ParsePolicy(v.Document)
	if err != nil {
		return v, err
	}
	v.Document, err = json.Marshal(p)
	return v, err
}

func policyIn(ctx context.Context, s symbolon.Policies, app symbolon.AppID) (symbolon.PolicyVersion, error) {
	v, err := s.GetPolicy(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.PolicyVersion{AppID: app, Document: json.RawMessage("{}")}, nil
	}
	return v, err
}

// readRules reads a whole policy document, and compiles its rules.
func readRules(doc json.RawMessage) (symbolon.Policy, *policy.Rules, error) {
	p, err := symbolon.ParsePolicy(doc)
	if err != nil {
		return symbolon.Policy{}, nil, err
	}
	rules, err := policy.Compile(p.Rules)
	return p, rules, err
}

// PutPolicy replaces an app's policy; putting an earlier version's document restores it.
// ErrPreconditionFailed if it is not at the version ifMatch. What is wrong with a rule is
// said with its field, line and column.
func (r *Registry) PutPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, doc json.RawMessage, ifMatch int64) (symbolon.PolicyVersion, error) {
	if err := allow(c, app, opWriteApp); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	p, _, err := readRules(doc)
	if err != nil {
		return symbolon.PolicyVersion{}, err
	}
	var v symbolon.PolicyVersion
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := appIn(ctx, tx, app)
		if err != nil {
			return err
		}
		if err := keepsIn(ctx, tx, c, a, p); err != nil {
			return err
		}
		before, err := policyIn(ctx, tx, app)
		if err != nil {
			return err
		}
		if ifMatch != AnyVersion && ifMatch != before.Version {
			return symbolon.Errorf(symbolon.ErrPreconditionFailed, "the policy was changed meanwhile; read it again")
		}
		v = symbolon.PolicyVersion{AppID: app, Version: before.Version + 1, Document: doc, At: c.At, By: c.Actor().String()}
		if err := tx.PutPolicy(ctx, v); err != nil {
			return err
		}
		return writerFor(tx, c).append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventPolicyUpdated}, eventData{"version": v.Version, "before": before.Document, "after": doc})
	})
	r.settings.drop()
	return v, err
}
