package client

import (
	"context"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// BeginIncident begins to distrust, block or unblock all devices that match, or, with DryRun, to
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

// UndoIncident begins to unblock all devices that the incident blocked and that nothing else
// has blocked since; the reason is for support staff.
func (c *Client) UndoIncident(ctx context.Context, id, reason string) (symbolon.Incident, error) {
	return get[symbolon.Incident](ctx, c, request{method: http.MethodPost, path: c.inApp("incidents", id, "undo"), body: symbolon.UndoRequest{Reason: reason}})
}
