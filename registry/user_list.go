package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// ListUsers gives a page of the app's users that have devices, in order of id.
func (r *Registry) ListUsers(ctx context.Context, c symbolon.Caller, q symbolon.UserQuery) (symbolon.UserPage, error) {
	if _, err := r.open(ctx, c, q.AppID, opReadDevices); err != nil {
		return symbolon.UserPage{}, err
	}
	if err := symbolon.CheckOptionalText("q", q.Prefix, symbolon.MaxText); err != nil {
		return symbolon.UserPage{}, err
	}
	if err := symbolon.CheckOptionalText("cursor", string(q.After), symbolon.MaxText); err != nil {
		return symbolon.UserPage{}, err
	}
	var err error
	if q.Limit, err = pageSize(q.Limit); err != nil {
		return symbolon.UserPage{}, err
	}
	items, err := r.store.ListUsers(ctx, q)
	if err != nil || len(items) == 0 {
		return symbolon.UserPage{Items: []symbolon.UserSummary{}}, err
	}
	page := symbolon.UserPage{Items: items}
	if len(items) == q.Limit {
		page.NextCursor = string(items[q.Limit-1].UserID)
	}
	return page, nil
}
