package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/symbolon-id/symbolon"
)

const appColumns = `app_id, name, origins, created_at, updated_at, version`

var (
	getApp  = define("get_app", `SELECT `+appColumns+` FROM apps WHERE app_id = $1`)
	listApp = define("list_apps", `SELECT `+appColumns+` FROM apps WHERE app_id > $1 ORDER BY app_id LIMIT $2`)
	addApp  = define("add_app", `INSERT INTO apps (`+appColumns+`) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT DO NOTHING`)
	putApp  = define("put_app", `UPDATE apps SET name = $2, origins = $3, created_at = $4, updated_at = $5, version = version + 1
		WHERE app_id = $1 AND version = $6`)
)

// takeAppRows empties every table of an app, its own row last.
var takeAppRows = func() (statements []*statement) {
	for _, table := range strings.Fields(`policies credentials users devices device_use keys thumbprints
		spent events seals checkpoints sweeps tombstones answers apps`) {
		statements = append(statements, define("take_app", `DELETE FROM `+table+` WHERE app_id = $1`))
	}
	return statements
}()

// GetApp implements [symbolon.Apps].
func (s *Store) GetApp(ctx context.Context, app symbolon.AppID) (symbolon.App, error) {
	return one(ctx, s.reader(), getApp, readApp, string(app))
}

// ListApps implements [symbolon.Apps].
func (s *Store) ListApps(ctx context.Context, after symbolon.AppID, limit int) ([]symbolon.App, error) {
	return all(ctx, s.reader(), listApp, readApp, string(after), limit)
}

// PutApp implements [symbolon.Apps].
func (s *Store) PutApp(ctx context.Context, a symbolon.App) (symbolon.App, error) {
	if err := checkApp(a); err != nil {
		return a, err
	}
	origins, err := json.Marshal(a.Origins)
	if err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = symbolon.Micro(a.CreatedAt), symbolon.Micro(a.UpdatedAt)
	args := []any{string(a.ID), a.Name, string(origins), micro(a.CreatedAt), micro(a.UpdatedAt)}
	err = s.write(ctx, func(d db) error {
		if a.Version == 0 {
			n, err := d.exec(ctx, addApp, args...)
			return notThere(n, err, symbolon.Errorf(symbolon.ErrConflict, "there is an app %q already", a.ID))
		}
		n, err := d.exec(ctx, putApp, append(args, a.Version)...)
		return notThere(n, err, symbolon.ErrStale)
	})
	if err == nil {
		a.Version++
	}
	return a, err
}

// TakeApp implements [symbolon.Apps]. The sealer is told by the epoch, so that it does
// not write a batch of events that are gone.
func (s *Store) TakeApp(ctx context.Context, app symbolon.AppID) error {
	return s.atomic(ctx, func(d db) error {
		if _, err := one(ctx, d, getApp, readApp, string(app)); err != nil {
			return err
		}
		for _, statement := range takeAppRows {
			if _, err := d.exec(ctx, statement, string(app)); err != nil {
				return err
			}
		}
		_, err := d.exec(ctx, nextEpoch)
		return err
	})
}

func checkApp(a symbolon.App) error {
	if err := checkIDs(field{"app", string(a.ID)}, field{"name", a.Name}); err != nil {
		return err
	}
	for _, o := range a.Origins {
		if err := checkTexts(field{"origins", o}); err != nil {
			return err
		}
	}
	return nil
}

func readApp(row scan) (a symbolon.App, err error) {
	var origins string
	var created, updated int64
	if err := row(&a.ID, &a.Name, &origins, &created, &updated, &a.Version); err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = fromMicro(created), fromMicro(updated)
	return a, json.Unmarshal([]byte(origins), &a.Origins)
}
