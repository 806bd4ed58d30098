package registry

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// CheckPolicy tells all that is wrong with a document that somebody is about to put as the
// app's policy. A wrong document is no error; one that is no JSON is.
func (r *Registry) CheckPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, doc json.RawMessage) (symbolon.PolicyCheck, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.PolicyCheck{}, err
	}
	if !json.Valid(doc) {
		return symbolon.PolicyCheck{}, symbolon.InvalidField("policy", "must be given, as JSON")
	}
	p, problems, err := policy.Check(doc)
	if err != nil || len(problems) > 0 {
		return symbolon.PolicyCheck{Problems: problems}, err
	}
	return symbolon.PolicyCheck{Problems: []symbolon.PolicyProblem{}, Effective: &p}, nil
}

// PolicyLanguage describes what policies are written in, to every admin who may read one.
func (r *Registry) PolicyLanguage(_ context.Context, c symbolon.Caller) (symbolon.PolicyLanguage, error) {
	err := allow(c, "", opReadApp)
	if err != nil && !slices.ContainsFunc(appsOf(c), func(app symbolon.AppID) bool { return allow(c, app, opReadApp) == nil }) {
		return symbolon.PolicyLanguage{}, err
	}
	return policy.Language(), nil
}
