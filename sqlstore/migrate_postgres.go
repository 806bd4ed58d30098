package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// migratePostgres brings the schema up to date while it holds a lock: the second of two
// replicas that start together waits, and finds it done.
func migratePostgres(ctx context.Context, config *pgx.ConnConfig, c Config) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", postgresFault(ctx, err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // the lock goes with it
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return postgresFault(ctx, err)
	}
	pool := stdlib.OpenDB(*config)
	if err := migrate(ctx, goose.DialectPostgres, pool, c, "schema/postgres"); err != nil {
		return errors.Join(postgresMigrationFault(ctx, err), pool.Close())
	}
	return pool.Close()
}

// postgresMigrationFault leaves alone what we say in words ourselves.
func postgresMigrationFault(ctx context.Context, err error) error {
	if faulted := postgresFault(ctx, err); errors.Is(err, sql.ErrConnDone) || ctx.Err() != nil {
		return faulted
	}
	return err
}
