package registry

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// ListPolicyVersions gives a page of an app's policy versions, the latest first.
func (r *Registry) ListPolicyVersions(ctx context.Context, c symbolon.Caller, app symbolon.AppID, cursor string, limit int) (symbolon.PolicyVersionPage, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.PolicyVersionPage{}, err
	}
	limit, err := pageSize(limit)
	if err != nil {
		return symbolon.PolicyVersionPage{}, err
	}
	before, err := place("cursor", cursor)
	if err != nil {
		return symbolon.PolicyVersionPage{}, err
	}
	versions, err := r.store.ListPolicies(ctx, app, before, limit)
	page := symbolon.PolicyVersionPage{Items: []symbolon.PolicyVersion{}}
	for _, v := range versions {
		v.Document = nil
		page.Items = append(page.Items, v)
	}
	if len(versions) == limit && versions[limit-1].Version > 1 {
		page.NextCursor = cursorOf(versions[limit-1].Version)
	}
	return page, err
}

// GetPolicyVersion gives one version of an app's policy as it was put. Version 0 is the
// defaults.
func (r *Registry) GetPolicyVersion(ctx context.Context, c symbolon.Caller, app symbolon.AppID, version string) (symbolon.PolicyVersion, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	n, err := versionIn("version", version)
	if err != nil {
		return symbolon.PolicyVersion{}, err
	}
	return policyAt(ctx, r.store, app, n)
}

// versionIn reads the number of a version.
func versionIn(field, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, symbolon.InvalidField(field, "must be the number of a version, 0 for the defaults")
	}
	return n, nil
}

func policyAt(ctx context.Context, s symbolon.Policies, app symbolon.AppID, version int64) (symbolon.PolicyVersion, error) {
	if version == 0 {
		return symbolon.PolicyVersion{AppID: app, Document: json.RawMessage("{}")}, nil
	}
	found, err := s.ListPolicies(ctx, app, version+1, 1)
	if err != nil {
		return symbolon.PolicyVersion{}, err
	}
	if len(found) == 0 || found[0].Version != version {
		return symbolon.PolicyVersion{}, symbolon.Errorf(symbolon.ErrNotFound, "the policy has no version %d", version)
	}
	return found[0], nil
}

// DiffPolicy tells what changed between two versions of an app's policy, defaults filled
// in. to is the present version where it is "", and from the one before to.
func (r *Registry) DiffPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, from, to string) (symbolon.PolicyDiff, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.PolicyDiff{}, err
	}
	after, err := r.policyNamed(ctx, app, "to", to)
	if err != nil {
		return symbolon.PolicyDiff{}, err
	}
	if from == "" {
		from = cursorOf(max(0, after.Version-1))
	}
	before, err := r.policyNamed(ctx, app, "from", from)
	if err != nil {
		return symbolon.PolicyDiff{}, err
	}
	changes, err := symbolon.DiffPolicies(before.Document, after.Document)
	before.Document, after.Document = nil, nil
	return symbolon.PolicyDiff{From: before, To: after, Changes: append([]symbolon.PolicyChange{}, changes...)}, err
}

func (r *Registry) policyNamed(ctx context.Context, app symbolon.AppID, field, version string) (symbolon.PolicyVersion, error) {
	if version == "" {
		return policyIn(ctx, r.store, app)
	}
	n, err := versionIn(field, version)
	if err != nil {
		return symbolon.PolicyVersion{}, err
	}
	v, err := policyAt(ctx, r.store, app, n)
	var own *symbolon.Error
	if errors.As(err, &own) {
		own.Field = field
	}
	return v, err
}

// ruleUseDays is for how many days the matches of rules are counted.
const ruleUseDays = 7

// ListRules gives the rules of the present policy, with how often each held lately.
func (r *Registry) ListRules(ctx context.Context, c symbolon.Caller, app symbolon.AppID) (symbolon.RuleUseList, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.RuleUseList{}, err
	}
	v, err := policyIn(ctx, r.store, app)
	if err != nil {
		return symbolon.RuleUseList{}, err
	}
	p, err := symbolon.ParsePolicy(v.Document)
	if err != nil {
		return symbolon.RuleUseList{}, err
	}
	list := symbolon.RuleUseList{Version: v.Version, Since: c.At.Add(-ruleUseDays * symbolon.Day).Truncate(time.Hour), Items: []symbolon.RuleUse{}}
	if len(p.Rules) == 0 {
		return list, nil
	}
	counts := map[symbolon.TallyKind]map[string]int64{}
	for _, kind := range []symbolon.TallyKind{symbolon.TallyRule, symbolon.TallyPreview} {
		if counts[kind], err = r.matchesSince(ctx, app, kind, list.Since, c.At); err != nil {
			return symbolon.RuleUseList{}, err
		}
	}
	for _, rule := range p.Rules {
		kind := symbolon.TallyRule
		if rule.Mode == symbolon.RulePreview {
			kind = symbolon.TallyPreview
		}
		list.Items = append(list.Items, symbolon.RuleUse{Rule: rule, Matches: counts[kind][rule.Name]})
	}
	return list, nil
}

func (r *Registry) matchesSince(ctx context.Context, app symbolon.AppID, kind symbolon.TallyKind, from, now time.Time) (map[string]int64, error) {
	tallies, err := r.store.ListTallies(ctx, symbolon.TallyQuery{AppID: app, Kind: kind, From: from, To: now.Add(time.Hour)})
	counts := map[string]int64{}
	for _, t := range tallies {
		counts[t.Name] += t.Count
	}
	return counts, err
}
