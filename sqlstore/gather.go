package sqlstore

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxGathers is how many gatherings of one gatherer are under way at once: while one
	// waits for its commit, another one fills.
	maxGathers = 2

	// gatherTime bounds how long a gathering may take: its callers may have different
	// deadlines, and none of them can end it.
	gatherTime = 10 * time.Second
)

// gatherer runs statements of several callers in one round trip and, where they write,
// in one commit: whatever waits when a gathering returns is the next one. Nobody is made
// to wait for company. Its statements take no lock that they would wait for, so no two
// gatherings can wait for each other.
type gatherer struct {
	pool *pgxpool.Pool

	mu      sync.Mutex
	waiting []*gathered
	running int
}

// gathered is one caller's statement.
type gathered struct {
	text string
	args []any
	row  func(scan) error
	done chan error

	fields []pgconn.FieldDescription
	found  [][][]byte // its rows, which count once the gathering lasts
}

// each runs a statement together with those that wait already, and hands over its rows.
func (g *gatherer) each(ctx context.Context, text string, args []any, row func(scan) error) error {
	j := &gathered{text: text, args: args, row: row, done: make(chan error, 1)}
	g.join(j)
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
	}
	if g.leave(j) {
		return ctx.Err()
	}
	return <-j.done
}

func (g *gatherer) join(j *gathered) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, j)
	if g.running < maxGathers {
		g.running++
		go g.runAll()
	}
}

// leave is false for one that is being run: then its rows may come at any moment.
func (g *gatherer) leave(j *gathered) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, j)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	return i >= 0
}

func (g *gatherer) next() []*gathered {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), maxGroup)
	if n == 0 {
		g.running--
		return nil
	}
	jobs := slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	return jobs
}

func (g *gatherer) runAll() {
	for jobs := g.next(); jobs != nil; jobs = g.next() {
		ctx, cancel := context.WithTimeout(context.Background(), gatherTime)
		g.run(ctx, jobs)
		cancel()
	}
}

// run runs the statements in one transaction. Where one is refused, all are undone, and
// each is run by itself.
func (g *gatherer) run(ctx context.Context, jobs []*gathered) {
	err := g.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		if err := send(ctx, conn, jobs); err != nil {
			return err
		}
		for _, j := range jobs {
			j.done <- j.handOver(conn.Conn().TypeMap())
		}
		return nil
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && len(jobs) > 1 {
		for _, j := range jobs {
			g.run(ctx, []*gathered{j})
		}
		return
	}
	if err != nil {
		for _, j := range jobs {
			j.done <- postgresFault(ctx, err)
		}
	}
}

func send(ctx context.Context, conn *pgxpool.Conn, jobs []*gathered) error {
	b := &pgx.Batch{}
	for _, j := range jobs {
		b.Queue(j.text, j.args...)
	}
	results := conn.SendBatch(ctx, b)
	for _, j := range jobs {
		rows, err := results.Query()
		if err != nil {
			break // closing tells of it
		}
		j.keep(rows)
	}
	return results.Close()
}

func (j *gathered) keep(rows pgx.Rows) {
	defer rows.Close()
	j.fields, j.found = rows.FieldDescriptions(), nil
	for rows.Next() {
		var row [][]byte
		for _, value := range rows.RawValues() {
			row = append(row, slices.Clone(value))
		}
		j.found = append(j.found, row)
	}
}

func (j *gathered) handOver(types *pgtype.Map) error {
	for _, values := range j.found {
		if err := j.row(func(dest ...any) error {
			return pgx.ScanRow(types, j.fields, values, dest...)
		}); err != nil {
			return err
		}
	}
	return nil
}
