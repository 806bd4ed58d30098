package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

//go:embed schema
var schema embed.FS

// migrateSQLite brings the schema up to date. The file's lock keeps others out.
func migrateSQLite(ctx context.Context, pool *sql.DB, c Config) error {
	return migrate(ctx, goose.DialectSQLite3, pool, c, "schema/sqlite")
}

// migrate goes forward only, and refuses a schema that a newer program made.
func migrate(ctx context.Context, dialect goose.Dialect, pool *sql.DB, c Config, folder string) error {
	files := c.migrations
	if files == nil {
		var err error
		if files, err = fs.Sub(schema, folder); err != nil {
			return err
		}
	}
	p, err := goose.NewProvider(dialect, pool, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: reading the schema's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("sqlstore: the database's schema has version %d, and this program knows versions up to %d: start the newer program, or restore a backup from before", current, target)
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("sqlstore: bringing the schema from version %d to %d: %w", current, target, err)
	}
	c.Logger.InfoContext(ctx, "the database's schema is up to date", slog.Int64("from", current), slog.Int64("to", target))
	return nil
}
