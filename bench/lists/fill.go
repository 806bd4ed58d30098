package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// fillBatch is how many devices one transaction adds.
const fillBatch = 50_000

// crowded is a user with one in a hundred of all devices.
const crowded = "user-crowded"

// fill puts the app into an empty store, and its devices behind the store's back: by the
// store's own methods a million would take a quarter of an hour.
func fill(ctx context.Context, where sqlstore.Config, devices int, out io.Writer) (err error) {
	if err := rig.Fill(ctx, where, 0, func(int) {}); err != nil {
		return err
	}
	driver, source, numbers := "sqlite", "file:"+where.Path+"?_pragma=busy_timeout(5000)&_pragma=cache_size(-200000)", "(WITH RECURSIVE s (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM s WHERE n < $2) SELECT n FROM s)"
	if where.URL != "" {
		driver, source, numbers = "pgx", where.URL, "(SELECT generate_series($1::bigint, $2::bigint) AS n)"
	}
	db, err := sql.Open(driver, source) // the drivers are those of sqlstore
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	began := time.Now()
	for first := 1; first <= devices; first += fillBatch {
		last := min(first+fillBatch-1, devices)
		if err := add(ctx, db, numbers, []any{first, last, began.UnixMicro(), max(1, devices*3/10)}); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d devices are there after %s\n", last, time.Since(began).Round(time.Second))
	}
	if where.URL != "" {
		_, err = db.ExecContext(ctx, "VACUUM ANALYZE") // as it does by itself within minutes
	}
	return err
}

func add(ctx context.Context, db *sql.DB, numbers string, args []any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, statement := range []string{intoDevices, intoUse, intoKeys} {
		text := strings.NewReplacer("{draws}", strings.ReplaceAll(draws, "{numbers}", numbers), "{app}", string(rig.App)).Replace(statement)
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", text, err), tx.Rollback())
		}
	}
	return tx.Commit()
}

// draws makes of each number n what looks drawn at random and is the same each time: a user
// of $4, percentages that decide of types and states, and times before $3.
const draws = `(SELECT n, n * 48271 % 2147483647 % $4 AS person, n * 2654435761 % 4294967291 AS draw,
		n * 7919 % 1000003 % 100 AS kind, n * 104729 % 1000033 % 100 AS state, n * 15485863 % 1000037 % 1000 AS land,
		n * 32452843 % 1000039 % 1000 AS danger, $3 - n * 86028121 % 7776000000 * 1000 AS seen
	FROM {numbers} numbers)`

const intoDevices = `INSERT INTO devices (app_id, device_id, user_id, key_id, endpoint_id, status, name, name_folded, renamed, type, platform,
		user_agent, operating_system, browser, fingerprint, manufacturer_id, traits, metadata, push_config, proven_at,
		block_at, block_by, block_reason, block_cause, block_until, block_before,
		trusted_at, granted_at, trusted_until, trust_factor, revoked_reason, revoked_by, created_at, updated_at, version)
	SELECT '{app}', 'dev-' || draw, CASE WHEN n % 100 = 0 THEN '` + crowded + `' WHEN person % 10 = 0 THEN 'auth0|' || (1000000 + person) ELSE 'user-' || (1000000 + person) END,
		'k' || draw, '', status, name, lower(name), 0, type, platform,
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36', 'Windows 10', 'Chrome 121.0', '',
		CASE WHEN platform = 'web' THEN '' ELSE 'm' || n / 4 END, '', '', '', CASE WHEN status = 'unbound' THEN NULL ELSE seen END,
		CASE WHEN status = 'blocked' THEN seen END, CASE WHEN status = 'blocked' THEN 'admin:1' ELSE '' END, CASE WHEN status = 'blocked' THEN 'stolen' ELSE '' END, '', NULL,
		CASE WHEN status = 'blocked' THEN 'active' ELSE '' END,
		trusted, trusted, trusted + 2592000000000, CASE WHEN trusted IS NULL THEN '' ELSE 'otp' END, '', '', seen - n % 1000 * 86400000000, seen, 1
	FROM (SELECT draws.*,
		CASE WHEN state < 96 THEN 'active' WHEN state < 97 THEN 'pending' WHEN state < 99 THEN 'blocked' ELSE 'unbound' END AS status,
		CASE WHEN kind < 36 THEN 'laptop' WHEN kind < 80 THEN 'mobile' WHEN kind < 90 THEN 'desktop' WHEN kind < 99 THEN 'tablet' ELSE 'smart_tv' END AS type,
		CASE WHEN kind < 46 THEN 'web' WHEN kind < 58 THEN 'android' WHEN kind < 70 THEN 'ios' WHEN kind < 99 THEN 'web' ELSE 'other' END AS platform,
		CASE WHEN draw % 1000 = 7 THEN 'Work laptop ' || n WHEN kind < 30 THEN 'Chrome on Windows' WHEN kind < 36 THEN 'Safari on macOS' WHEN kind < 58 THEN 'Chrome on Android'
			WHEN kind < 80 THEN 'Safari on iPhone' WHEN kind < 90 THEN 'Firefox on Linux' WHEN kind < 99 THEN 'Safari on iPad' ELSE 'A television' END AS name,
		CASE WHEN state < 40 THEN seen END AS trusted
	FROM {draws} draws) made`

const intoUse = `INSERT INTO device_use (app_id, device_id, usage_count, seen_at, last_used_at, last_verified_at, ip_address, location, country, risk_score, history)
	SELECT '{app}', 'dev-' || draw, n % 500, seen, seen, CASE WHEN state < 40 THEN seen END, '203.0.113.7', '',
		CASE WHEN land < 400 THEN 'US' WHEN land < 600 THEN 'DE' WHEN land < 800 THEN 'GB' WHEN land < 950 THEN 'PT' WHEN land < 999 THEN 'BR' ELSE 'IS' END,
		CASE WHEN danger < 700 THEN 0 WHEN danger < 950 THEN danger % 40 WHEN danger < 995 THEN danger % 70 ELSE danger % 101 END, ''
	FROM {draws} draws`

const intoKeys = `INSERT INTO keys (app_id, key_id, thumbprint, public_key, storage, rotations, created_at, version)
	SELECT '{app}', 'k' || draw, 't' || draw, '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}',
		CASE WHEN kind < 46 THEN 'browser' WHEN kind < 60 THEN 'hardware' WHEN kind < 70 THEN 'attested' WHEN kind < 98 THEN 'browser' ELSE 'software' END, 0, seen, 1
	FROM {draws} draws`
