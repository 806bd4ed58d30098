package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// AnyVersion stands for no condition, where a write may name the version it is meant for.
const AnyVersion int64 = -1

// AppPage is a page of apps in the order of their ids.
type AppPage struct {
	Items      []symbolon.App `json:"items"`
	NextCursor string         `json:"nextCursor"`
}

// CreateApp makes an app with its first credential, whose key is shown this once.
func (c *Client) CreateApp(ctx context.Context, req symbolon.NewApp) (symbolon.CreatedApp, error) {
	return get[symbolon.CreatedApp](ctx, c, request{method: http.MethodPost, path: "/v1/apps", body: req})
}

// ListApps gives one page of apps.
func (c *Client) ListApps(ctx context.Context, p Page) (AppPage, error) {
	return get[AppPage](ctx, c, request{method: http.MethodGet, path: "/v1/apps", query: p.query("cursor")})
}

// Apps walks all apps.
func (c *Client) Apps(ctx context.Context) iter.Seq2[symbolon.App, error] {
	return all(Page{Limit: 200}, func(p Page) ([]symbolon.App, string, error) {
		page, err := c.ListApps(ctx, p)
		return page.Items, page.NextCursor, err
	})
}

// GetApp gives the client's app.
func (c *Client) GetApp(ctx context.Context) (symbolon.App, error) {
	return c.oneApp(ctx, request{method: http.MethodGet, path: c.inApp()})
}

// UpdateApp changes what the patch names, if the app is at that version, or at any with
// [AnyVersion]; else ErrPreconditionFailed.
func (c *Client) UpdateApp(ctx context.Context, patch symbolon.AppPatch, version int64) (symbolon.App, error) {
	return c.oneApp(ctx, request{method: http.MethodPatch, path: c.inApp(), body: patch, version: &version})
}

func (c *Client) oneApp(ctx context.Context, r request) (symbolon.App, error) {
	var version int64
	r.gotHeader = versionInto(&version)
	a, err := get[symbolon.App](ctx, c, r)
	a.Version = version
	return a, err
}

// RemoveApp removes the client's app and all that is under it.
func (c *Client) RemoveApp(ctx context.Context) error {
	return c.call(ctx, request{method: http.MethodDelete, path: c.inApp()}, nil)
}

// GetPolicy gives the app's policy as it was put, or, effective, with every default
// filled in.
func (c *Client) GetPolicy(ctx context.Context, effective bool) (symbolon.PolicyVersion, error) {
	r := request{method: http.MethodGet, path: c.inApp("policy")}
	if effective {
		r.query = url.Values{"effective": {"true"}}
	}
	return c.policy(ctx, r)
}

// PutPolicy replaces the app's policy, if it is at that version, or at any with
// [AnyVersion]; else ErrPreconditionFailed.
func (c *Client) PutPolicy(ctx context.Context, document json.RawMessage, version int64) (symbolon.PolicyVersion, error) {
	return c.policy(ctx, request{method: http.MethodPut, path: c.inApp("policy"), body: document, version: &version})
}

func (c *Client) policy(ctx context.Context, r request) (symbolon.PolicyVersion, error) {
	p := symbolon.PolicyVersion{AppID: c.app}
	r.gotHeader = versionInto(&p.Version)
	var err error
	p.Document, err = get[json.RawMessage](ctx, c, r)
	return p, err
}

// versionInto reads the ETag, which holds the version.
func versionInto(version *int64) func(int, http.Header) {
	return func(_ int, h http.Header) {
		if v, err := strconv.ParseInt(strings.Trim(h.Get("ETag"), `"`), 10, 64); err == nil {
			*version = v
		}
	}
}
