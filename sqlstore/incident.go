package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

var (
	getIncident = define("get_incident", selectIncident+` WHERE app_id = $1 AND incident_id = $2`)

	listIncidents = define("list_incidents", selectIncident+`
		WHERE app_id = $1 ORDER BY created_at DESC, incident_id DESC LIMIT $2`)

	listOpenIncidents = define("list_open_incidents", selectIncident+`
		WHERE finished_at IS NULL ORDER BY created_at, incident_id LIMIT $1`)

	putIncident = define("put_incident", `INSERT INTO incidents (app_id, incident_id, document, after, created_at, finished_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (app_id, incident_id) DO UPDATE SET document = excluded.document, after = excluded.after, finished_at = excluded.finished_at`)
)

const selectIncident = `SELECT document, after FROM incidents`

// GetIncident implements [symbolon.Incidents].
func (s *Store) GetIncident(ctx context.Context, app symbolon.AppID, id string) (symbolon.Incident, error) {
	return one(ctx, s.reader(), getIncident, readIncident, string(app), id)
}

// ListIncidents implements [symbolon.Incidents].
func (s *Store) ListIncidents(ctx context.Context, app symbolon.AppID, limit int) ([]symbolon.Incident, error) {
	return all(ctx, s.reader(), listIncidents, readIncident, string(app), limit)
}

// ListOpenIncidents implements [symbolon.Incidents].
func (s *Store) ListOpenIncidents(ctx context.Context, limit int) ([]symbolon.Incident, error) {
	return all(ctx, s.reader(), listOpenIncidents, readIncident, limit)
}

// PutIncident implements [symbolon.Incidents]. A finished one need not go on anywhere, and
// so names no device.
func (s *Store) PutIncident(ctx context.Context, i symbolon.Incident) error {
	if err := checkIDs(field{"app", string(i.AppID)}, field{"incidentId", i.ID}); err != nil {
		return err
	}
	if err := checkTexts(field{"after", string(i.After)}); err != nil {
		return err
	}
	if i.FinishedAt != nil {
		i.After = ""
	}
	document, err := json.Marshal(incidentRow{i, i.Again})
	if err != nil {
		return err
	}
	if err := checkJSON("incident", document); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putIncident, string(i.AppID), i.ID, string(document), string(i.After), micro(i.CreatedAt), microOr(i.FinishedAt))
		return err
	})
}

// incidentRow is an incident with what only its work needs to know.
type incidentRow struct {
	symbolon.Incident
	Again bool `json:"again,omitempty"`
}

func readIncident(row scan) (symbolon.Incident, error) {
	var document string
	var r incidentRow
	if err := row(&document, (*string)(&r.After)); err != nil {
		return r.Incident, err
	}
	err := json.Unmarshal([]byte(document), &r)
	r.Incident.Again = r.Again
	return r.Incident, err
}
