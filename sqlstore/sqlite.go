package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// The writer makes every commit durable before it answers. The log of changes is folded
// back after 16,000 pages (64 MB), which was measured faster than the usual 1,000.
const (
	writerPragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=wal_autocheckpoint(16000)&_pragma=secure_delete(FAST)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"
	readerPragmas = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=mmap_size(1073741824)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-8000)"
)

// sqliteEngine is one file, one writer and several readers beside it.
type sqliteEngine struct {
	lock    *fileLock
	writer  *writer
	group   *group
	readers *readers
	known   *memory
	sealer  sync.Mutex
	closing sync.Once
	closed  error
}

func openSQLite(ctx context.Context, c Config) (engine, error) {
	path, err := realPath(c.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: the path of the database: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	e, err := openLocked(ctx, path, c)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	e.lock = lock
	return e, nil
}

func openLocked(ctx context.Context, path string, c Config) (*sqliteEngine, error) {
	pool, err := sql.Open("sqlite", fileURL(path, writerPragmas))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, pool, c); err != nil {
		return nil, errors.Join(sqliteFault(err), pool.Close())
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(sqliteFault(err), pool.Close())
	}
	readPool, err := sql.Open("sqlite", fileURL(path, readerPragmas))
	if err != nil {
		return nil, errors.Join(err, conn.Close(), pool.Close())
	}
	most := 2 * max(4, runtime.GOMAXPROCS(0))
	readPool.SetMaxOpenConns(most)
	readPool.SetMaxIdleConns(most)
	shared, err := newGathering(ctx, readPool)
	if err != nil {
		return nil, errors.Join(sqliteFault(err), readPool.Close(), conn.Close(), pool.Close())
	}
	known := newMemory(mostRemembered)
	e := &sqliteEngine{
		writer:  &writer{pool: pool, conn: conn, observer: c.Observer, prepared: map[string]*sql.Stmt{}, memory: known},
		readers: &readers{pool: readPool, observer: c.Observer, shared: shared},
		known:   known,
	}
	e.group = newGroup(e.writer, c.Observer.ObserveGroup)
	return e, nil
}

// realPath follows links, so that one file has one lock under whatever name it is opened.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, os.ErrNotExist) {
		return abs, nil
	}
	return real, err
}

func fileURL(path, query string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query}).String()
}

func (e *sqliteEngine) dialect() *dialect { return sqlite }
func (e *sqliteEngine) reader() db        { return e.readers }

// memory is none once the store is closed, so that asking finds that out.
func (e *sqliteEngine) memory() *memory {
	if e.readers.closed.Load() {
		return nil
	}
	return e.known
}

func (e *sqliteEngine) write(ctx context.Context, f func(db) error) error {
	return e.group.write(ctx, f)
}

func (e *sqliteEngine) tx(ctx context.Context, f func(db) error) error {
	return e.group.tx(ctx, f)
}

// seal reads beside the writer, so that decisions wait only for the short write.
func (e *sqliteEngine) seal(ctx context.Context, f func(sealing) error) (bool, error) {
	if !e.sealer.TryLock() {
		return false, nil
	}
	defer e.sealer.Unlock()
	write := func(g func(db) error) error { return e.group.tx(ctx, g) }
	final := func(context.Context, int64) (int64, error) { return math.MaxInt64, nil }
	return true, f(sealing{e.readers, write, final, foldEach})
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	if e.readers.closed.Load() {
		return unavailable(errClosed)
	}
	return sqliteFault(e.readers.pool.PingContext(ctx))
}

func (e *sqliteEngine) close() error {
	e.closing.Do(func() {
		e.group.close()
		e.closed = errors.Join(e.readers.close(), e.writer.close(), e.lock.release())
	})
	return e.closed
}

// sqliteFault says what a failure means, by SQLite's result codes. After the ones that
// are ErrUnavailable, SQLite may have rolled back by itself.
func sqliteFault(err error) error {
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case codes.SQLITE_CONSTRAINT_UNIQUE, codes.SQLITE_CONSTRAINT_PRIMARYKEY, codes.SQLITE_CONSTRAINT_ROWID:
		return conflict(err)
	}
	switch e.Code() & 0xff {
	case codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_NOMEM, codes.SQLITE_INTERRUPT, codes.SQLITE_BUSY,
		codes.SQLITE_LOCKED, codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_CORRUPT,
		codes.SQLITE_NOTADB, codes.SQLITE_PROTOCOL:
		return unavailable(err)
	}
	return err
}
