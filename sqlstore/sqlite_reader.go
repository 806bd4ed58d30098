package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// readers are the connections that only read.
type readers struct {
	pool     *sql.DB
	observer Observer
	prepared sync.Map   // of text to *sql.Stmt
	shared   *gathering // nil where nothing is worth gathering
	closed   atomic.Bool
}

// A read is short, and running it without a context spares a goroutine to watch it: the
// context bounds only how long it waits for its turn.
func (r *readers) each(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.closed.Load() {
		return unavailable(errClosed)
	}
	began := time.Now()
	err := r.eachRow(ctx, s, args, row)
	r.observer.ObserveStatement(s.name, time.Since(began), err)
	return sqliteFault(err)
}

func (r *readers) eachRow(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	if s.shared != "" && r.shared != nil {
		return r.shared.each(ctx, sqlite.text(s), args, row)
	}
	p, err := r.prepare(sqlite.text(s))
	if err != nil {
		return err
	}
	return eachRow(p, args, row)
}

func (r *readers) close() error {
	r.closed.Store(true)
	return errors.Join(r.shared.close(), r.pool.Close())
}

func (r *readers) prepare(text string) (*sql.Stmt, error) {
	if s, ok := r.prepared.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := r.pool.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	if first, loaded := r.prepared.LoadOrStore(text, s); loaded {
		_ = s.Close() //nolint:sqlclosecheck // another reader was quicker; the one that is kept stays open
		return first.(*sql.Stmt), nil
	}
	return s, nil
}

var errReadOnly = errors.New("sqlstore: a reader can't write")

func (r *readers) exec(context.Context, *statement, ...any) (int, error) { return 0, errReadOnly }
func (r *readers) insert(context.Context, *statement, ...any) (int64, error) {
	return 0, errReadOnly
}
func (r *readers) execMany(context.Context, *statement, [][]any) error { return errReadOnly }

func eachRow(p *sql.Stmt, args []any, row func(scan) error) error {
	rows, err := p.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func changed(p *sql.Stmt, args []any) (int, error) {
	n, _, err := added(p, args)
	return n, err
}

// added gives the id of the last row that was added, beside how many changed.
func added(p *sql.Stmt, args []any) (n int, id int64, err error) {
	r, err := p.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, 0, err
	}
	rows, err := r.RowsAffected()
	if err != nil {
		return 0, 0, err
	}
	id, err = r.LastInsertId()
	return int(rows), id, err
}
