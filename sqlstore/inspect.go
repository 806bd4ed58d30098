package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	schemaVersion = define("schema_version", `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`)

	serverVersion = defineEach("server_version", `SELECT sqlite_version()`, `SELECT current_setting('server_version')`)

	databaseClock = defineEach("database_clock",
		`SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		`SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint`)

	databaseSize = defineEach("database_size",
		`SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,
		`SELECT pg_database_size(current_database())`)

	integrityCheck = defineEach("integrity_check", `PRAGMA integrity_check(10)`, `SELECT 'ok'`)
)

// OpenReadOnly opens a database only to read it, whatever its schema's version: beside a
// service that has it open, or a copy of it. Nothing is brought up to date, and every
// write is refused.
func OpenReadOnly(ctx context.Context, c Config) (*Store, error) {
	if c.Observer == nil {
		c.Observer = silent{}
	}
	if c.URL != "" {
		e, err := connectPostgres(ctx, c, true)
		if err != nil {
			return nil, err
		}
		return &Store{engine: e}, nil
	}
	if _, err := os.Stat(c.Path); err != nil {
		return nil, fmt.Errorf("sqlstore: the database: %w", err)
	}
	file, err := realPath(c.Path)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", fileURL(file, readerPragmas))
	if err != nil {
		return nil, err
	}
	return &Store{engine: readOnly{&readers{pool: pool, observer: c.Observer}}}, nil
}

// readOnly is a SQLite file with readers alone.
type readOnly struct{ readers *readers }

func (e readOnly) dialect() *dialect                           { return sqlite }
func (e readOnly) reader() db                                  { return e.readers }
func (e readOnly) memory() *memory                             { return nil }
func (e readOnly) write(context.Context, func(db) error) error { return errReadOnly }
func (e readOnly) tx(context.Context, func(db) error) error    { return errReadOnly }
func (e readOnly) ping(ctx context.Context) error {
	return sqliteFault(e.readers.pool.PingContext(ctx))
}
func (e readOnly) close() error { return e.readers.pool.Close() }
func (e readOnly) seal(context.Context, func(sealing) error) (bool, error) {
	return false, errReadOnly
}

// Report is what a database says of itself.
type Report struct {
	Version string    // of SQLite or PostgreSQL
	Schema  int64     // the version that the schema has; 0 for a database without one
	Known   int64     // the latest version that this program knows
	Clock   time.Time // of the machine that the database runs on
	Size    int64     // bytes
}

// Inspect asks the database about itself.
func (s *Store) Inspect(ctx context.Context) (r Report, err error) {
	if r.Known, err = knownSchema(s.engine.dialect()); err != nil {
		return r, err
	}
	if r.Version, err = one(ctx, s.reader(), serverVersion, readValue[string]); err != nil {
		return r, err
	}
	if r.Size, err = one(ctx, s.reader(), databaseSize, readValue[int64]); err != nil {
		return r, err
	}
	clock, err := one(ctx, s.reader(), databaseClock, readValue[int64])
	if err != nil {
		return r, err
	}
	r.Clock = fromMicro(clock)
	if r.Schema, err = one(ctx, s.reader(), schemaVersion, readValue[int64]); err != nil && !errors.Is(err, symbolon.ErrUnavailable) {
		r.Schema, err = 0, nil // without the table there is no schema
	}
	return r, err
}

// knownSchema is the highest number among the embedded migrations.
func knownSchema(d *dialect) (known int64, err error) {
	folder := "schema/sqlite"
	if d == postgres {
		folder = "schema/postgres"
	}
	files, err := fs.ReadDir(schema, folder)
	for _, f := range files {
		number, _, _ := strings.Cut(path.Base(f.Name()), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, err
		}
		known = max(known, n)
	}
	return known, err
}

// CheckIntegrity reads the whole SQLite database and says what is damaged. On PostgreSQL
// it does nothing: that looks after itself.
func (s *Store) CheckIntegrity(ctx context.Context) error {
	found, err := all(ctx, s.reader(), integrityCheck, readValue[string])
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil
	}
	return fmt.Errorf("sqlstore: the database is damaged: %s", strings.Join(found, "; "))
}
