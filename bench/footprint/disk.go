package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/bench/rig"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// sweepBatch is how much one step of a sweep does, as in the service.
const sweepBatch = 200

// disks tells of the disk before and after decisions, and after what retention does to
// them in time. The service is stopped whenever it looks.
func (h house) disks(ctx context.Context) error {
	var rows []space
	for _, step := range []struct {
		after string
		do    func(context.Context) error
	}{
		{"before decisions", func(context.Context) error { return nil }},
		{fmt.Sprintf("%d decisions", h.decisions), h.work},
		{"addresses cut", h.cut},
		{"events pruned", h.prune},
	} {
		if err := step.do(ctx); err != nil {
			return err
		}
		s, err := h.space(ctx, step.after)
		if err != nil {
			return err
		}
		rows = append(rows, s)
	}
	fmt.Fprintf(h.out, "\n%-22s%12s%12s%12s%24s\n", "disk after", "files", "in use", "free", "a million decisions")
	for _, s := range rows {
		million := (s.inUse() - rows[0].inUse()) * 1_000_000 / int64(h.decisions)
		fmt.Fprintf(h.out, "%-22s%12s%12s%12s%24s\n", s.after, megabytes(s.files), megabytes(s.inUse()), megabytes(s.free), megabytes(million))
	}
	return nil
}

// space is what the files take, and how much of that the database uses again before it
// grows: a file never shrinks by itself.
type space struct {
	after       string
	files, free int64
}

func (s space) inUse() int64 { return s.files - s.free }

func (h house) space(ctx context.Context, after string) (s space, err error) {
	s.after = after
	if s.files, err = h.disk(); err != nil {
		return s, err
	}
	db, err := sql.Open("sqlite", "file:"+h.store().Path+"?mode=ro")
	if err != nil {
		return s, err
	}
	err = db.QueryRowContext(ctx, `SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size`).Scan(&s.free)
	return s, errors.Join(err, db.Close())
}

// later is when everything that is there has run out.
func later() time.Time { return time.Now().AddDate(1, 0, 0) }

// cut does what the sweep does once retention.ip has passed.
func (h house) cut(ctx context.Context) error {
	return h.sweep(ctx, func(s *sqlstore.Store) (int, error) {
		return s.CutAddresses(ctx, rig.App, later(), sweepBatch)
	})
}

// prune does what the sweep does once retention.events has passed.
func (h house) prune(ctx context.Context) error {
	unsigned := func(symbolon.Checkpoint) []byte { return make([]byte, 64) } // as long as a signature
	return h.sweep(ctx, func(s *sqlstore.Store) (int, error) {
		return s.PruneEvents(ctx, rig.App, later(), sweepBatch, unsigned)
	})
}

// sweep repeats a step until it finds nothing to do.
func (h house) sweep(ctx context.Context, step func(*sqlstore.Store) (int, error)) (err error) {
	store, err := sqlstore.Open(ctx, h.store())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for n := 1; n > 0 && err == nil; {
		n, err = step(store)
	}
	return err
}
