package client

import (
	"context"
	"iter"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// ListEvents gives one page of the app's log in its sealed order. A reader that goes on
// from NextCursor misses nothing; it is there also where no more events are, to poll with.
func (c *Client) ListEvents(ctx context.Context, p Page) (symbolon.EventPage, error) {
	return get[symbolon.EventPage](ctx, c, request{method: http.MethodGet, path: c.inApp("events"), query: p.query("after")})
}

// Events walks the app's log from the cursor, or the beginning, to its present end.
func (c *Client) Events(ctx context.Context, after string) iter.Seq2[symbolon.Event, error] {
	return all(Page{Limit: 200, Cursor: after}, func(p Page) ([]symbolon.Event, string, error) {
		page, err := c.ListEvents(ctx, p)
		return page.Items, page.NextCursor, err
	})
}
