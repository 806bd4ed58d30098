package sqlstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxAttempts and maxPause bound how often and how slowly a transaction is run
	// again: about two seconds in all.
	maxAttempts = 40
	maxPause    = 100 * time.Millisecond

	// safeAttempts is for connections that turn out to be dead before anything was sent.
	safeAttempts = 3

	// rollbackTime is what a rollback may take once its caller has gone.
	rollbackTime = 5 * time.Second
)

// postgresEngine is a pool of connections.
type postgresEngine struct {
	pool  *pgxpool.Pool
	reads *postgresDB
}

func openPostgres(ctx context.Context, c Config) (engine, error) {
	return connectPostgres(ctx, c, false)
}

// connectPostgres brings the schema up to date, unless all shall only be read.
func connectPostgres(ctx context.Context, c Config, readOnly bool) (engine, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: the database's URL: %w", err)
	}
	config.ConnConfig.RuntimeParams["application_name"] = "symbolon"
	config.ConnConfig.RuntimeParams["default_transaction_isolation"] = "read committed"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60s"
	if !strings.Contains(c.URL, "pool_max_conns") {
		config.MaxConns = int32(max(8, 4*runtime.GOMAXPROCS(0))) //nolint:gosec // a small number
	}
	if readOnly {
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	} else if err := migratePostgres(ctx, config.ConnConfig, c); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, postgresFault(ctx, err)
	}
	reads := &postgresDB{on: pool, pooled: true, observer: c.Observer, looks: &gatherer{pool: pool}, puts: &gatherer{pool: pool}}
	return &postgresEngine{pool: pool, reads: reads}, nil
}

func (e *postgresEngine) dialect() *dialect { return postgres }
func (e *postgresEngine) reader() db        { return e.reads }
func (e *postgresEngine) memory() *memory   { return nil }

// write runs a statement by itself, at READ COMMITTED.
func (e *postgresEngine) write(ctx context.Context, f func(db) error) error {
	return e.retry(ctx, func() error { return f(e.reads) })
}

// tx is SERIALIZABLE. A conflict that a statement met runs it again, also where f made
// another error of it.
func (e *postgresEngine) tx(ctx context.Context, f func(db) error) error {
	return e.retry(ctx, func() error {
		return e.begin(ctx, pgx.Serializable, func(d *postgresDB) error {
			err := f(d)
			if d.conflict != nil {
				return d.conflict
			}
			return err
		})
	})
}

// begin runs f in a transaction, which is rolled back unless f returns nil, also if it
// panics or its caller has gone.
func (e *postgresEngine) begin(ctx context.Context, level pgx.TxIsoLevel, f func(*postgresDB) error) error {
	tx, err := e.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: level})
	if err != nil {
		return postgresFault(ctx, err)
	}
	d := &postgresDB{on: tx, observer: e.reads.observer}
	defer func() {
		d.ended = true
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
		defer cancel()
		_ = tx.Rollback(last) // after a commit it does nothing
	}()
	if err := f(d); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return postgresFault(ctx, tx.Commit(ctx))
}

// retry runs f again as long as it only lost against another transaction.
func (e *postgresEngine) retry(ctx context.Context, f func() error) error {
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		err := f()
		if !lost(err) {
			return err
		}
		if attempt == maxAttempts {
			return unavailable(err)
		}
		e.reads.observer.ObserveRetry()
		select {
		case <-time.After(within(pause)):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, maxPause)
	}
}

// within gives a random time up to the given one, so that those who met do not meet again.
func within(pause time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(pause)))
	if err != nil {
		return pause
	}
	return time.Duration(n.Int64())
}

// lost tells whether a transaction failed only because of another one.
func lost(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// The keys of our advisory locks.
const (
	migrationLock = 0x73796d626f6c01
	sealerLock    = 0x73796d626f6c02
)

func (e *postgresEngine) ping(ctx context.Context) error {
	return postgresFault(ctx, e.pool.Ping(ctx))
}

// close waits for what is under way.
func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// postgresDB runs statements on the pool or in a transaction. The driver prepares each
// once per connection.
type postgresDB struct {
	on interface {
		Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
		Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
		SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	}
	pooled   bool // a statement that was never sent may be tried on another connection
	observer Observer
	looks    *gatherer // of reads and of writes, which don't wait for each other; for the pool only
	puts     *gatherer
	conflict error // of a transaction: it must be run again, whatever f says
	ended    bool
}

func (d *postgresDB) each(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	if d.pooled && s.shared != "" {
		return d.eachTogether(ctx, s, args, row)
	}
	return d.eachAlone(ctx, s, args, row)
}

// eachTogether runs a statement with those of others. One that found nothing there may
// have met a lock, and is run again by itself, which waits.
func (d *postgresDB) eachTogether(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	with, locks := d.looks, s.shared != postgres.text(s)
	if locks {
		with = d.puts
	}
	found := false
	err := d.do(ctx, s, func() error {
		return with.each(ctx, s.shared, args, func(r scan) error {
			found = true
			return row(r)
		})
	})
	if err != nil || found || !locks {
		return err
	}
	return d.eachAlone(ctx, s, args, row)
}

func (d *postgresDB) eachAlone(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	return d.do(ctx, s, func() error {
		rows, err := d.on.Query(ctx, postgres.text(s), args...)
		if err != nil {
			return postgresFault(ctx, err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows.Scan); err != nil {
				return err
			}
		}
		return postgresFault(ctx, rows.Err())
	})
}

func (d *postgresDB) exec(ctx context.Context, s *statement, args ...any) (n int, err error) {
	err = d.do(ctx, s, func() error {
		tag, err := d.on.Exec(ctx, postgres.text(s), args...)
		n = int(tag.RowsAffected())
		return postgresFault(ctx, err)
	})
	return n, err
}

func (d *postgresDB) insert(ctx context.Context, s *statement, args ...any) (int64, error) {
	return one(ctx, d, s, readValue[int64], args...)
}

// execMany sends all at once and waits once.
func (d *postgresDB) execMany(ctx context.Context, s *statement, lists [][]any) error {
	if len(lists) == 0 {
		return nil
	}
	return d.do(ctx, s, func() error {
		b := &pgx.Batch{}
		for _, args := range lists {
			b.Queue(postgres.text(s), args...)
		}
		return postgresFault(ctx, d.on.SendBatch(ctx, b).Close())
	})
}

func (d *postgresDB) do(ctx context.Context, s *statement, f func() error) error {
	if d.ended {
		return errEnded
	}
	began := time.Now()
	err := f()
	for n := 1; d.pooled && n < safeAttempts && err != nil && pgconn.SafeToRetry(err); n++ {
		err = f()
	}
	if !d.pooled && lost(err) {
		d.conflict = err
	}
	d.observer.ObserveStatement(s.name, time.Since(began), err)
	return err
}

// postgresFault says what a failure means, by its SQLSTATE. What has none came from the
// connection.
func postgresFault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return unavailable(err)
	}
	switch {
	case e.Code == "23505": // unique_violation
		return conflict(err)
	case e.Code == "25006", e.Code == "25P03", // read-only, idle in a transaction
		strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "53"), // connection, resources
		strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "58"), // stopped or starting, the system
		strings.HasPrefix(e.Code, "28"), e.Code == "3D000": // refused, no such database
		return unavailable(err)
	}
	return err
}
