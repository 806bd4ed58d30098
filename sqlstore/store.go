package sqlstore

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Config says where a store is.
type Config struct {
	// Path is the SQLite file, made if it is not there. Beside it stand its -wal and
	// -shm, and a .lock that keeps a second process out.
	Path string

	// URL is that of a PostgreSQL database, postgres://…, instead of Path. It takes
	// the parameters of libpq and pool_max_conns.
	URL string

	// Logger is told of migrations; nil for none.
	Logger *slog.Logger

	// Observer is told of latencies and group sizes; nil for none.
	Observer Observer

	// migrations replaces the embedded ones in tests of upgrades.
	migrations fs.FS
}

// Observer is told how the store does. Its methods are called on the path of every
// statement, so they must be quick and safe for concurrent use.
type Observer interface {
	// ObserveStatement is told of each statement by its name, such as "put_decision".
	ObserveStatement(name string, took time.Duration, err error)

	// ObserveGroup is told how many writers shared a commit of SQLite.
	ObserveGroup(size int)

	// ObserveRetry is told of each transaction that is run again after a conflict
	// with another one, on PostgreSQL.
	ObserveRetry()
}

type silent struct{}

func (silent) ObserveStatement(string, time.Duration, error) {}
func (silent) ObserveGroup(int)                              {}
func (silent) ObserveRetry()                                 {}

// engine is a database as the statements need it.
type engine interface {
	dialect() *dialect

	// reader runs reads, each by itself.
	reader() db

	// memory is what it remembers of standings; nil where others write too.
	memory() *memory

	// write runs f for one statement that stands by itself, and what is read after it.
	write(ctx context.Context, f func(db) error) error

	// tx runs f as one transaction, perhaps several times.
	tx(ctx context.Context, f func(db) error) error

	// seal runs f as the only sealer there is, or answers false.
	seal(ctx context.Context, f func(sealing) error) (bool, error)

	ping(ctx context.Context) error
	close() error
}

// Store is a [symbolon.Store] on a database.
type Store struct {
	engine engine
	inside db  // the transaction it belongs to, or nil
	looks  int // in tests: how many devices a page looks at; 0 for as many as is usual
}

var _ symbolon.Store = (*Store)(nil)

// Open opens the database, brings its schema up to date, and gives its store. A schema
// that is newer than this program knows, and a SQLite file that another process has
// open, are refused in words.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Observer == nil {
		c.Observer = silent{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	var e engine
	var err error
	switch {
	case (c.Path == "") == (c.URL == ""):
		return nil, errors.New("sqlstore: give the path of a SQLite file or the URL of a PostgreSQL database, one of the two")
	case c.Path != "":
		e, err = openSQLite(ctx, c)
	case strings.HasPrefix(c.URL, "postgres://"), strings.HasPrefix(c.URL, "postgresql://"):
		e, err = openPostgres(ctx, c)
	default:
		return nil, errors.New("sqlstore: the database's URL must begin with postgres://")
	}
	if err != nil {
		return nil, err
	}
	return &Store{engine: e}, nil
}

// Tx implements [symbolon.Store].
func (s *Store) Tx(ctx context.Context, f func(symbolon.Store) error) error {
	if s.inside != nil {
		return f(s)
	}
	return s.engine.tx(ctx, func(d db) error { return f(&Store{engine: s.engine, inside: d}) })
}

// Ping implements [symbolon.Store].
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

// Close implements [symbolon.Store].
func (s *Store) Close() error {
	if s.inside != nil {
		return errors.New("sqlstore: a store can't be closed within its transaction")
	}
	return s.engine.close()
}

// reader is where reads run: in the transaction, if there is one.
func (s *Store) reader() db {
	if s.inside != nil {
		return s.inside
	}
	return s.engine.reader()
}

// write runs one statement that stands by itself.
func (s *Store) write(ctx context.Context, f func(db) error) error {
	if s.inside != nil {
		return f(s.inside)
	}
	return s.engine.write(ctx, f)
}

// atomic runs statements that must last together.
func (s *Store) atomic(ctx context.Context, f func(db) error) error {
	if s.inside != nil {
		return f(s.inside)
	}
	return s.engine.tx(ctx, f)
}
