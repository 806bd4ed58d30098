package sqlstore

import (
	"context"

	"github.com/jackc/pgx/v5"
)

var (
	tryLock = define("try_lock", `SELECT pg_try_advisory_xact_lock($1)`)

	lastID = define("last_id", `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM event_ids`)

	getMark = define("get_mark", `SELECT mark_id, mark_tx, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM sealer`)
	putMark = define("put_mark", `UPDATE sealer SET mark_id = $1, mark_tx = $2`)

	ownNumber    = define("own_number", `SELECT pg_current_xact_id()::text::bigint`)
	oldestNumber = define("oldest_number", `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint`)
)

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
// its transaction's number. So: note the last id (a mark), then a number of our own.
// Once no transaction below that number runs, all ids up to the mark are final. Where
// some still run, the mark is kept for the next call.
func finalID(ctx context.Context, d db, after int64) (int64, error) {
	last, err := one(ctx, d, lastID, readValue[int64])
	if err != nil || last <= after {
		return after, err
	}
	var m mark
	if err := d.each(ctx, getMark, nil, func(row scan) error { return row(&m.id, &m.tx, &m.oldest) }); err != nil {
		return 0, err
	}
	number, err := one(ctx, d, ownNumber, readValue[int64])
	if err != nil {
		return 0, err
	}
	oldest, err := one(ctx, d, oldestNumber, readValue[int64])
	switch {
	case err != nil:
		return 0, err
	case oldest >= number:
		return last, nil
	case m.oldest < m.tx && m.tx < number:
		return after, nil // the old mark waits still
	}
	// A mark above our number is from another cluster, whose dump was restored here.
	if _, err := d.exec(ctx, putMark, last, number); err != nil || m.tx > number {
		return after, err
	}
	return max(after, m.id), nil
}

// mark is an id, the number below which no transaction may run for it to be final, and
// the oldest that did.
type mark struct{ id, tx, oldest int64 }
