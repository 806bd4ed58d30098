package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// ListEvents gives one page of the app's log in its sealed order. A reader that goes on
// from NextCursor misses nothing; it is there also where no more events are, to poll with.
func (c *Client) ListEvents(ctx context.Context, p Page) (symbolon.EventPage, error) {
	return get[symbolon.EventPage](ctx, c, request{method: http.MethodGet, path: c.inApp("events"), query: p.query("after")})
}

// LatestEvents gives up to 200 of the last events of the app's log, in its sealed order.
// A reader that goes on from NextCursor follows the log.
func (c *Client) LatestEvents(ctx context.Context, count int) (symbolon.EventPage, error) {
	q := url.Values{"latest": {strconv.Itoa(count)}}
	return get[symbolon.EventPage](ctx, c, request{method: http.MethodGet, path: c.inApp("events"), query: q})
}

// VerifyLog holds a part of the app's log against its chain: from the cursor that the part
// before gave, or the beginning.
func (c *Client) VerifyLog(ctx context.Context, after string) (symbolon.LogCheck, error) {
	q := url.Values{}
	set(q, "after", after)
	return get[symbolon.LogCheck](ctx, c, request{method: http.MethodGet, path: c.inApp("events", "verify"), query: q})
}

// Events walks the app's log from the cursor, or the beginning, to its present end.
func (c *Client) Events(ctx context.Context, after string) iter.Seq2[symbolon.Event, error] {
	return all(Page{Limit: 200, Cursor: after}, func(p Page) ([]symbolon.Event, string, error) {
		page, err := c.ListEvents(ctx, p)
		return page.Items, page.NextCursor, err
	})
}

// ListTallies gives what was counted of the app's events, hour by hour. Members of the
// query that are zero have the service's defaults: every kind, and the last day.
func (c *Client) ListTallies(ctx context.Context, q symbolon.TallyQuery) (symbolon.TallyList, error) {
	query := url.Values{}
	set(query, "kind", q.Kind)
	for name, t := range map[string]time.Time{"from": q.From, "to": q.To} {
		if !t.IsZero() {
			query.Set(name, t.UTC().Format(time.RFC3339))
		}
	}
	return get[symbolon.TallyList](ctx, c, request{method: http.MethodGet, path: c.inApp("tallies"), query: query})
}
