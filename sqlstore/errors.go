package sqlstore

import (
	"errors"

	"github.com/symbolon-id/symbolon"
)

// fault is a failure that a caller may be told of in words, with the driver's own error
// kept beside it for the log.
type fault struct {
	public *symbolon.Error
	cause  error
}

func (f *fault) Error() string { return f.public.Message + ": " + f.cause.Error() }

// Unwrap gives both, so that errors.Is and errors.As find either.
func (f *fault) Unwrap() []error { return []error{f.public, f.cause} }

func unavailable(cause error) error {
	if errors.Is(cause, symbolon.ErrUnavailable) {
		return cause
	}
	return &fault{symbolon.Errorf(symbolon.ErrUnavailable, "the database can't be reached, or can't take more"), cause}
}

func conflict(cause error) error {
	return &fault{symbolon.Errorf(symbolon.ErrConflict, "there is one already"), cause}
}

// errClosed is the cause where the store itself was closed.
var errClosed = errors.New("sqlstore: the store is closed")

// errEnded is for a Store that was kept after its transaction.
var errEnded = errors.New("sqlstore: used after its transaction ended")

// errAborted is what a transaction ends with whose function did not return.
var errAborted = errors.New("sqlstore: the transaction's function did not return")

// ErrInUse is what a second process is told that opens a SQLite file.
var ErrInUse = errors.New("another process has this database open, and SQLite is for one; stop that one, or use PostgreSQL for several")
