package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// BeginIncident begins to distrust or block all devices that match, or, with DryRun, to
// count them. The service goes on with it by itself; GetIncident tells how far it is.
func (c *Client) BeginIncident(ctx context.Context, req symbolon.IncidentRequest) (symbolon.Incident, error) {
	return get[symbolon.Incident](ctx, c, request{method: http.MethodPost, path: c.inApp("incidents"), body: req})
}

// ListIncidents gives the app's incidents, the latest first.
func (c *Client) ListIncidents(ctx context.Context) (symbolon.IncidentList, error) {
	return get[symbolon.IncidentList](ctx, c, request{method: http.MethodGet, path: c.inApp("incidents")})
}

// GetIncident gives an incident, with how far it is.
func (c *Client) GetIncident(ctx context.Context, id string) (symbolon.Incident, error) {
	return get[symbolon.Incident](ctx, c, request{method: http.MethodGet, path: c.inApp("incidents", id)})
}
