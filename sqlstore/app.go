package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

const appColumns = `app_id, name, origins, issuers, created_at, updated_at, version, built_in`

var (
	getApp  = define("get_app", `SELECT `+appColumns+` FROM apps WHERE app_id = $1`)
	listApp = define("list_apps", `SELECT `+appColumns+` FROM apps WHERE app_id > $1 ORDER BY app_id LIMIT $2`)
	addApp  = define("add_app", `INSERT INTO apps (`+appColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT DO NOTHING`)
	putApp  = define("put_app", `UPDATE apps SET name = $2, origins = $3, issuers = $4, created_at = $5, updated_at = $6, built_in = $7, version = version + 1
		WHERE app_id = $1 AND version = $8`)

	takeApp         = define("take_app", `DELETE FROM apps WHERE app_id = $1`)
	takePolicies    = define("take_policies", `DELETE FROM policies WHERE app_id = $1`)
	takeCredentials = define("take_credentials", `DELETE FROM credentials WHERE app_id = $1`)
	takeIncidents   = define("take_incidents", `DELETE FROM incidents WHERE app_id = $1`)
	noteRemoval     = changing(anApp, define("note_removal", `INSERT INTO removed_apps (app_id, at) VALUES ($1, $2)`))
	isRemoved       = define("is_removed", `SELECT 1 FROM removed_apps WHERE app_id = $1`)

	// A transaction that read the app, and writes while the app is removed, must fail: but
	// the removal reads nothing of what it writes. Sampling none of a table counts with
	// PostgreSQL as reading all of it.
	readNothing = defineEach("read_nothing", `SELECT 1 LIMIT 0`, `SELECT 1 FROM devices TABLESAMPLE SYSTEM (0)
		UNION ALL SELECT 1 FROM keys TABLESAMPLE SYSTEM (0) UNION ALL SELECT 1 FROM users TABLESAMPLE SYSTEM (0)`)
)

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
	issuers, err := symbolon.EncodeIssuers(a.Issuers)
	if err != nil {
		return a, err
	}
	if err := checkJSON("issuers", issuers); err != nil {
		return a, err
	}
	if a.Issuers, err = symbolon.DecodeIssuers(issuers); err != nil { // what Get will give
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = symbolon.Micro(a.CreatedAt), symbolon.Micro(a.UpdatedAt)
	args := []any{string(a.ID), a.Name, string(origins), string(issuers), micro(a.CreatedAt), micro(a.UpdatedAt), flag(a.BuiltIn)}
	if a.Version == 0 {
		err = s.atomic(ctx, func(d db) error { return storeNewApp(ctx, d, a.ID, args) })
	} else {
		err = s.write(ctx, func(d db) error {
			n, err := d.exec(ctx, putApp, append(args, a.Version)...)
			return notThere(n, err, symbolon.ErrStale)
		})
	}
	if err == nil {
		a.Version++
	}
	return a, err
}

func storeNewApp(ctx context.Context, d db, app symbolon.AppID, args []any) error {
	_, err := one(ctx, d, isRemoved, readValue[int64], string(app))
	switch {
	case err == nil:
		return symbolon.Errorf(symbolon.ErrConflict, "there was an app %q, and the id of a removed app is never given again", app)
	case !errors.Is(err, symbolon.ErrNotFound):
		return err
	}
	n, err := d.exec(ctx, addApp, args...)
	return notThere(n, err, symbolon.Errorf(symbolon.ErrConflict, "there is an app %q already", app))
}

// TakeApp implements [symbolon.Apps].
func (s *Store) TakeApp(ctx context.Context, app symbolon.AppID, at time.Time) error {
	return s.atomic(ctx, func(d db) error {
		n, err := d.exec(ctx, takeApp, string(app))
		if err := notThere(n, err, symbolon.ErrNotFound); err != nil {
			return err
		}
		if _, err := d.exec(ctx, noteRemoval, string(app), micro(at)); err != nil {
			return err
		}
		for _, take := range []*statement{takePolicies, takeCredentials, takeIncidents} {
			if _, err := d.exec(ctx, take, string(app)); err != nil {
				return err
			}
		}
		_, err = all(ctx, d, readNothing, readValue[int64])
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
	var origins, issuers string
	var created, updated, builtIn int64
	if err := row(&a.ID, &a.Name, &origins, &issuers, &created, &updated, &a.Version, &builtIn); err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt, a.BuiltIn = fromMicro(created), fromMicro(updated), builtIn != 0
	if err := json.Unmarshal([]byte(origins), &a.Origins); err != nil {
		return a, err
	}
	a.Issuers, err = symbolon.DecodeIssuers([]byte(issuers))
	return a, err
}
