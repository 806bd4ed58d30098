package sqlstore

import (
	"context"
	"runtime"
	"sync/atomic"
)

// maxGroup bounds how many writers share a commit, and so how long the first of them
// waits for the last.
const maxGroup = 128

// group commits writers together: whatever waits when a commit ends is the next group.
// Nobody is made to wait for company, but who is about to come has their turn before the
// commit. Each transaction stands on a savepoint of its own, so that one that fails harms
// no other, and all are answered after the commit.
type group struct {
	conn    *writer
	observe func(size int)
	jobs    chan *job
	ended   chan struct{} // closed when the committer is done

	gate gate
}

// job is one writer in the queue. A statement of our own is run by the committer. A
// transaction is run by its caller while it has the turn, so that a panic in it, or a
// runtime.Goexit, unwinds the caller and nobody else.
type job struct {
	run    func(db) error
	turn   chan *turn
	over   chan error // how the transaction ended
	done   chan error // the answer
	status atomic.Int32
}

// The states of a job: only one of the two who try may change the first.
const (
	waiting int32 = iota
	taken
	withdrawn
)

func newGroup(conn *writer, observe func(int)) *group {
	g := &group{conn: conn, observe: observe, jobs: make(chan *job, maxGroup), ended: make(chan struct{})}
	go g.commitAll()
	return g
}

// write runs f as a member of the next group, without a savepoint: it is one statement.
func (g *group) write(ctx context.Context, f func(db) error) error {
	j := &job{run: f, done: make(chan error, 1)}
	return g.submit(ctx, j, func() error {
		select {
		case err := <-j.done:
			return err
		case <-ctx.Done():
			if j.status.CompareAndSwap(waiting, withdrawn) {
				return ctx.Err()
			}
			return <-j.done
		}
	})
}

// tx runs f as a member of the next group, on its own savepoint.
func (g *group) tx(ctx context.Context, f func(db) error) error {
	j := &job{turn: make(chan *turn, 1), over: make(chan error, 1), done: make(chan error, 1)}
	return g.submit(ctx, j, func() error {
		select {
		case t := <-j.turn:
			return j.take(ctx, t, f)
		case err := <-j.done:
			return err
		case <-ctx.Done():
		}
		if j.status.CompareAndSwap(waiting, withdrawn) {
			return ctx.Err()
		}
		select {
		case t := <-j.turn:
			return j.take(ctx, t, f)
		case err := <-j.done:
			return err
		}
	})
}

// take runs the transaction, gives the turn back, and waits for the commit.
func (j *job) take(ctx context.Context, t *turn, f func(db) error) error {
	j.perform(ctx, t, f)
	return <-j.done
}

// perform gives the turn back however f ends.
func (j *job) perform(ctx context.Context, t *turn, f func(db) error) {
	result := errAborted
	defer func() {
		t.ended.Store(true)
		j.over <- result
	}()
	if result = f(t); result == nil {
		result = ctx.Err()
	}
}

func (g *group) submit(ctx context.Context, j *job, wait func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := g.gate.enter(); err != nil {
		return err
	}
	defer g.gate.leave()
	select {
	case g.jobs <- j:
		return wait()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets every writer in the queue finish.
func (g *group) close() {
	if g.gate.shut() {
		close(g.jobs)
	}
	<-g.ended
}

func (g *group) commitAll() {
	defer close(g.ended)
	for first := range g.jobs {
		g.commit(first)
	}
}

// commit runs the first job and what has come to wait meanwhile, and commits them.
func (g *group) commit(first *job) {
	if !first.status.CompareAndSwap(waiting, taken) {
		return
	}
	if err := g.conn.begin(); err != nil {
		first.done <- err
		return
	}
	members := g.run(nil, first)
	for len(members) < maxGroup && g.conn.broken == nil {
		next := g.next()
		if next == nil {
			runtime.Gosched()
			next = g.next()
		}
		if next == nil {
			break
		}
		members = g.run(members, next)
	}
	err := g.conn.commit()
	for _, m := range members {
		m.done <- err
	}
	g.observe(len(members))
}

// next gives a job that waits already, or nil.
func (g *group) next() *job {
	for {
		select {
		case j := <-g.jobs:
			if j == nil || j.status.CompareAndSwap(waiting, taken) {
				return j
			}
		default:
			return nil
		}
	}
}

// run runs one job. What failed is answered at once; the rest waits for the commit.
func (g *group) run(members []*job, j *job) []*job {
	var err error
	if j.run != nil {
		err = j.run(g.conn)
	} else {
		err = g.conn.savepoint(func(t *turn) error {
			j.turn <- t
			return <-j.over
		})
	}
	if err != nil {
		j.done <- err
		return members
	}
	return append(members, j)
}
