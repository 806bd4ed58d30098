package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/symbolon-id/symbolon"
)

// db is what statements run on: a pool, or one transaction.
type db interface {
	// each runs a statement and hands every row to the function.
	each(ctx context.Context, s *statement, args []any, row func(scan) error) error

	// exec runs a statement and gives the number of rows that it changed.
	exec(ctx context.Context, s *statement, args ...any) (int, error)

	// insert runs a statement that adds a row with an id of its own, and gives that id, or
	// ErrNotFound where it added none.
	insert(ctx context.Context, s *statement, args ...any) (int64, error)

	// execMany runs a statement once for each list of arguments.
	execMany(ctx context.Context, s *statement, lists [][]any) error
}

// scan reads the columns of the present row.
type scan func(dest ...any) error

// one gives the only row that a statement finds, or ErrNotFound.
func one[T any](ctx context.Context, d db, s *statement, read func(scan) (T, error), args ...any) (T, error) {
	var found T
	var there bool
	err := d.each(ctx, s, args, func(row scan) (err error) {
		there = true
		found, err = read(row)
		return err
	})
	if err == nil && !there {
		err = symbolon.ErrNotFound
	}
	return found, err
}

// all gives every row that a statement finds.
func all[T any](ctx context.Context, d db, s *statement, read func(scan) (T, error), args ...any) ([]T, error) {
	var found []T
	err := d.each(ctx, s, args, func(row scan) error {
		v, err := read(row)
		found = append(found, v)
		return err
	})
	return found, err
}

// readValue reads a row of one column.
func readValue[T any](row scan) (v T, err error) {
	err = row(&v)
	return v, err
}

// notThere turns "no row changed" into the given error.
func notThere(n int, err, missing error) error {
	if err == nil && n == 0 {
		return missing
	}
	return err
}

// micro is how a time is kept: microseconds since 1970 in UTC.
func micro(t time.Time) int64 { return t.UnixMicro() }

// microOr keeps a time that may be absent.
func microOr(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UnixMicro()
}

// microUnlessZero keeps a time whose absence is its zero value.
func microUnlessZero(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time { return time.UnixMicro(n).UTC() }

func fromMicroOr(n *int64) *time.Time {
	if n == nil {
		return nil
	}
	t := fromMicro(*n)
	return &t
}

func fromMicroOrZero(n *int64) time.Time {
	if n == nil {
		return time.Time{}
	}
	return fromMicro(*n)
}

// textOr keeps an id whose absence is "".
func textOr[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// bytesOf is never nil, for columns that are never NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// flag keeps a bool as both databases have it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// document gives back JSON as it was kept: byte for byte, and nil for none.
func document(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// kept is the time as the database keeps it.
func kept(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	cut := symbolon.Micro(*t)
	return &cut
}
