package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/symbolon-id/symbolon"
)

// ListPolicyVersions gives one page of the policy's versions, the latest first, without
// their documents.
func (c *Client) ListPolicyVersions(ctx context.Context, p Page) (symbolon.PolicyVersionPage, error) {
	return get[symbolon.PolicyVersionPage](ctx, c, request{method: http.MethodGet, path: c.inApp("policy", "versions"), query: p.query("cursor")})
}

// PolicyVersions walks all versions of the policy, the latest first.
func (c *Client) PolicyVersions(ctx context.Context) iter.Seq2[symbolon.PolicyVersion, error] {
	return all(Page{Limit: 200}, func(p Page) ([]symbolon.PolicyVersion, string, error) {
		page, err := c.ListPolicyVersions(ctx, p)
		return page.Items, page.NextCursor, err
	})
}

// GetPolicyVersion gives a version of the policy as it was put; 0 is the defaults. To
// restore it, hand its document to PutPolicy.
func (c *Client) GetPolicyVersion(ctx context.Context, version int64) (symbolon.PolicyVersion, error) {
	number := strconv.FormatInt(version, 10)
	return get[symbolon.PolicyVersion](ctx, c, request{method: http.MethodGet, path: c.inApp("policy", "versions", number)})
}

// DiffPolicy tells what changed between two versions of the policy, defaults filled in.
// With [AnyVersion] to is the present one, and from the one before to.
func (c *Client) DiffPolicy(ctx context.Context, from, to int64) (symbolon.PolicyDiff, error) {
	q := url.Values{}
	for name, version := range map[string]int64{"from": from, "to": to} {
		if version != AnyVersion {
			q.Set(name, strconv.FormatInt(version, 10))
		}
	}
	return get[symbolon.PolicyDiff](ctx, c, request{method: http.MethodGet, path: c.inApp("policy", "diff"), query: q})
}

// ListRules gives the rules of the present policy, with how often each held lately.
func (c *Client) ListRules(ctx context.Context) (symbolon.RuleUseList, error) {
	return get[symbolon.RuleUseList](ctx, c, request{method: http.MethodGet, path: c.inApp("policy", "rules")})
}
