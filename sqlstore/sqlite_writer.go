package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"github.com/symbolon-id/symbolon"
)

// writer is the one connection that writes. Only the committer uses it, or the one
// whose turn it is.
type writer struct {
	pool     *sql.DB
	conn     *sql.Conn
	observer Observer
	prepared map[string]*sql.Stmt
	memory   *memory
	changed  []spot // what of the memory the group has changed, or tried to
	broken   error  // SQLite may have ended the transaction by itself: the group is lost
}

func (w *writer) begin() error {
	w.broken = nil
	return w.command("BEGIN IMMEDIATE")
}

// commit ends the group. Whatever it fails with, nothing of the group lasts. What the
// group has touched is no longer remembered in either case.
func (w *writer) commit() error {
	defer w.forget()
	err := w.broken
	if err == nil {
		err = w.command("COMMIT")
	}
	if err != nil {
		_ = w.command("ROLLBACK") // fails where SQLite has rolled back already
		return unavailable(err)
	}
	return nil
}

// savepoint runs f so that it leaves nothing behind if it fails.
func (w *writer) savepoint(f func(*turn) error) error {
	if err := w.command("SAVEPOINT turn"); err != nil {
		return err
	}
	failed := f(&turn{writer: w})
	if w.broken != nil {
		return errors.Join(failed, w.broken)
	}
	if failed != nil {
		if err := w.command("ROLLBACK TO turn"); err != nil {
			return errors.Join(failed, err)
		}
	}
	if err := w.command("RELEASE turn"); err != nil {
		return errors.Join(failed, err)
	}
	return failed
}

func (w *writer) forget() {
	w.memory.drop(w.changed)
	w.changed = w.changed[:0]
}

func (w *writer) close() error {
	for _, s := range w.prepared {
		_ = s.Close() // closing the connection ends them in any case
	}
	return errors.Join(w.conn.Close(), w.pool.Close())
}

// command runs one of the words that frame transactions.
func (w *writer) command(text string) error {
	s, err := w.prepare(text) //nolint:sqlclosecheck // it is kept for the next time
	if err == nil {
		_, err = s.ExecContext(context.Background())
	}
	return w.note(err)
}

// prepare prepares each statement once.
func (w *writer) prepare(text string) (*sql.Stmt, error) {
	if s := w.prepared[text]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), text)
	if err == nil {
		w.prepared[text] = s
	}
	return s, err
}

// note remembers the failures after which SQLite may have rolled everything back.
func (w *writer) note(err error) error {
	err = sqliteFault(err)
	if errors.Is(err, symbolon.ErrUnavailable) && w.broken == nil {
		w.broken = err
	}
	return err
}

// A statement runs to its end once it began: interrupting it would roll back the whole
// group. The context is asked between statements.
func (w *writer) each(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	w.touch(s, args)
	return w.do(ctx, s, func(p *sql.Stmt) error { return eachRow(p, args, row) })
}

func (w *writer) exec(ctx context.Context, s *statement, args ...any) (n int, err error) {
	w.touch(s, args)
	err = w.do(ctx, s, func(p *sql.Stmt) error {
		n, err = changed(p, args)
		return err
	})
	return n, err
}

func (w *writer) insert(ctx context.Context, s *statement, args ...any) (id int64, err error) {
	w.touch(s, args)
	n := 0
	err = w.do(ctx, s, func(p *sql.Stmt) error {
		n, id, err = added(p, args)
		return err
	})
	return id, notThere(n, err, symbolon.ErrNotFound)
}

func (w *writer) execMany(ctx context.Context, s *statement, lists [][]any) error {
	return w.do(ctx, s, func(p *sql.Stmt) error {
		for _, args := range lists {
			w.touch(s, args)
			if _, err := changed(p, args); err != nil {
				return err
			}
		}
		return nil
	})
}

// touch notes what a statement is about to change.
func (w *writer) touch(s *statement, args []any) {
	if s.changes == nothing {
		return
	}
	id, _ := args[1].(string) // none of a whole app
	w.changed = append(w.changed, w.memory.spot(s.changes, args[0].(string), id))
}

func (w *writer) do(ctx context.Context, s *statement, f func(*sql.Stmt) error) error {
	if w.broken != nil {
		return w.broken
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	began := time.Now()
	p, err := w.prepare(sqlite.text(s))
	if err == nil {
		err = f(p)
	}
	w.observer.ObserveStatement(s.name, time.Since(began), err)
	return w.note(err)
}

// turn is the writer in the hands of a transaction, until that ends.
type turn struct {
	writer *writer
	ended  atomic.Bool
}

func (t *turn) each(ctx context.Context, s *statement, args []any, row func(scan) error) error {
	if t.ended.Load() {
		return errEnded
	}
	return t.writer.each(ctx, s, args, row)
}

func (t *turn) exec(ctx context.Context, s *statement, args ...any) (int, error) {
	if t.ended.Load() {
		return 0, errEnded
	}
	return t.writer.exec(ctx, s, args...)
}

func (t *turn) insert(ctx context.Context, s *statement, args ...any) (int64, error) {
	if t.ended.Load() {
		return 0, errEnded
	}
	return t.writer.insert(ctx, s, args...)
}

func (t *turn) execMany(ctx context.Context, s *statement, lists [][]any) error {
	if t.ended.Load() {
		return errEnded
	}
	return t.writer.execMany(ctx, s, lists)
}
