package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
)

// gathering reads for several callers in one transaction of one connection. Most of what
// a short read costs SQLite is the transaction around it: after each commit of the writer
// it forgets the pages that it had. Who asks while one is under way is in the next, so
// that nobody reads what was there before they asked.
type gathering struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	asked    chan *asked
	ended    chan struct{}
	gate     gate
}

// asked is one caller's read.
type asked struct {
	text string
	args []any
	row  func(scan) error
	done chan error
}

func newGathering(ctx context.Context, pool *sql.DB) (*gathering, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	g := &gathering{
		conn: conn, prepared: map[string]*sql.Stmt{},
		asked: make(chan *asked, maxGroup), ended: make(chan struct{}),
	}
	go g.readAll()
	return g, nil
}

// each waits for what is being read, since its rows may come at any moment.
func (g *gathering) each(ctx context.Context, text string, args []any, row func(scan) error) error {
	if err := g.gate.enter(); err != nil {
		return err
	}
	defer g.gate.leave()
	a := &asked{text, args, row, make(chan error, 1)}
	select {
	case g.asked <- a:
		return <-a.done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets every read that was asked for finish.
func (g *gathering) close() error {
	if g.gate.shut() {
		close(g.asked)
	}
	<-g.ended
	var err error
	for _, s := range g.prepared {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, g.conn.Close())
}

func (g *gathering) readAll() {
	defer close(g.ended)
	for first := range g.asked {
		g.read(g.gather(first))
	}
}

// gather takes what waits, after those who are about to ask had their turn.
func (g *gathering) gather(first *asked) []*asked {
	runtime.Gosched()
	all := []*asked{first}
	for len(all) < maxGroup {
		select {
		case next, open := <-g.asked:
			if !open {
				return all
			}
			all = append(all, next)
		default:
			return all
		}
	}
	return all
}

func (g *gathering) read(all []*asked) {
	err := g.command("BEGIN")
	for _, a := range all {
		if err != nil {
			a.done <- err
			continue
		}
		a.done <- g.readOne(a)
	}
	if err == nil && g.command("COMMIT") != nil {
		_ = g.command("ROLLBACK") // of nothing: where it fails too, the next BEGIN does
	}
}

func (g *gathering) readOne(a *asked) error {
	s, err := g.prepare(a.text)
	if err != nil {
		return err
	}
	return eachRow(s, a.args, a.row)
}

func (g *gathering) command(text string) error {
	s, err := g.prepare(text) //nolint:sqlclosecheck // it is kept for the next time
	if err == nil {
		_, err = s.ExecContext(context.Background())
	}
	return err
}

func (g *gathering) prepare(text string) (*sql.Stmt, error) {
	if s := g.prepared[text]; s != nil {
		return s, nil
	}
	s, err := g.conn.PrepareContext(context.Background(), text)
	if err == nil {
		g.prepared[text] = s
	}
	return s, err
}
