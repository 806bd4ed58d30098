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
		return f(sealing{d, write, func(ctx context.Context, after int64) (int64, error) { return finalID(ctx, d, after) }})
	})
	return mine, err
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
