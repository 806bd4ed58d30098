package sqlstore

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

var (
	tryLock = define("try_lock", `SELECT pg_try_advisory_xact_lock($1)`)

	lastID = define("last_id", `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM event_ids`)

	listEventWriters = define("list_event_writers", `SELECT DISTINCT virtualtransaction FROM pg_locks
		WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND relation = 'events'::regclass AND mode = 'RowExclusiveLock' AND granted`)

	// What foldUse, foldMove and foldRisk say of each, said of all at once.
	foldUses = define("fold_uses", `UPDATE device_use u SET
			usage_count      = u.usage_count + f.uses,
			last_verified_at = GREATEST(u.last_verified_at, f.verified),
			last_used_at     = GREATEST(u.last_used_at, f.at),
			seen_at          = CASE WHEN u.last_used_at >= f.at THEN u.seen_at ELSE f.at END,
			ip_address       = CASE WHEN u.last_used_at >= f.at THEN u.ip_address ELSE f.address END,
			location         = CASE WHEN u.last_used_at >= f.at THEN u.location ELSE f.location END,
			country          = CASE WHEN u.last_used_at >= f.at THEN u.country ELSE f.country END,
			risk_score       = CASE WHEN u.last_used_at >= f.at THEN u.risk_score ELSE f.score END,
			history          = CASE WHEN f.history = '' THEN u.history ELSE f.history END
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[])
			AS f (app_id, device_id, uses, verified, at, address, location, country, score, history)
		WHERE u.app_id = f.app_id AND u.device_id = f.device_id`)

	getMark = define("get_mark", `SELECT mark_id, mark_writers FROM sealer`)
	putMark = define("put_mark", `UPDATE sealer SET mark_id = $1, mark_writers = $2`)
)

// preparedPrefix is how pg_locks names transactions that were prepared for a commit in
// two phases. One that gets prepared has another name than before.
const preparedPrefix = "-1/"

// seal holds the lock of the one sealer over all replicas.
func (e *postgresEngine) seal(ctx context.Context, f func(sealing) error) (mine bool, err error) {
	err = e.begin(ctx, pgx.ReadCommitted, func(d *postgresDB) error {
		if mine, err = one(ctx, d, tryLock, readValue[bool], int64(sealerLock)); err != nil || !mine {
			return err
		}
		write := func(g func(db) error) error { return g(d) }
		final := func(ctx context.Context, after int64) (int64, error) { return finalID(ctx, d, after) }
		return f(sealing{d, write, final, foldAll})
	})
	return mine, err
}

// foldAll folds all devices by one statement, which costs the database half as much.
func foldAll(ctx context.Context, d db, uses []used) error {
	if err := joinHistories(ctx, d, postgres, uses); err != nil {
		return err
	}
	var apps, ids, addresses, locations, countries, histories []string
	var counts, at, scores []int64
	var verified []*int64
	for _, u := range uses {
		apps, ids = append(apps, string(u.app)), append(ids, string(u.id))
		addresses, locations = append(addresses, u.IPAddress), append(locations, u.Location)
		countries, histories = append(countries, u.Country), append(histories, historyText(u.History))
		counts, at, scores = append(counts, u.UsageCount), append(at, micro(*u.LastUsedAt)), append(scores, int64(u.RiskScore))
		var v *int64
		if u.LastVerifiedAt != nil {
			v = new(int64)
			*v = micro(*u.LastVerifiedAt)
		}
		verified = append(verified, v)
	}
	_, err := d.exec(ctx, foldUses, apps, ids, counts, verified, at, addresses, locations, countries, scores, histories)
	return err
}

// finalID tells up to which id nothing can appear any more. An id is drawn before its
// commit, so a lower one may become visible after a higher one; but it is drawn after
// its transaction locked the table for writing, and that lock is let go after the
// commit. So: note the last id (a mark), then who has the lock. Once none of those is
// left, all ids up to the mark are final. Where one is, the mark is kept for the next
// call. Nobody else is waited for: not who only reads, nor another database.
func finalID(ctx context.Context, d db, after int64) (int64, error) {
	last, err := one(ctx, d, lastID, readValue[int64])
	if err != nil || last <= after {
		return after, err
	}
	writers, err := all(ctx, d, listEventWriters, readValue[string])
	if err != nil || len(writers) == 0 {
		return last, err
	}
	old, err := one(ctx, d, getMark, readMark)
	if err != nil || old.id > after && old.waitsFor(writers) {
		return after, err
	}
	_, err = d.exec(ctx, putMark, last, writers)
	return max(after, old.id), err
}

// mark is an id, and the transactions that may have drawn it or a lower one.
type mark struct {
	id      int64
	writers []string
}

// waitsFor counts any prepared transaction, since its name does not tell which it was.
func (m mark) waitsFor(writers []string) bool {
	return slices.ContainsFunc(writers, func(w string) bool {
		return strings.HasPrefix(w, preparedPrefix) || slices.Contains(m.writers, w)
	})
}

func readMark(row scan) (m mark, err error) {
	err = row(&m.id, &m.writers)
	return m, err
}
