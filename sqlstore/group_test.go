package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// counter observes commits and retries.
type counter struct {
	commits, members, largest, retries atomic.Int64
}

func (c *counter) ObserveStatement(string, time.Duration, error) {}
func (c *counter) ObserveRetry()                                 { c.retries.Add(1) }
func (c *counter) ObserveGroup(size int) {
	c.commits.Add(1)
	c.members.Add(int64(size))
	c.largest.Store(max(c.largest.Load(), int64(size)))
}

func put(ctx context.Context, s symbolon.Store, user string) error {
	return s.PutUser(ctx, symbolon.User{AppID: "app", ID: symbolon.UserID(user), NotBefore: time.Unix(1, 0)})
}

func has(t *testing.T, s symbolon.Store, user string) bool {
	t.Helper()
	u, err := s.GetUser(t.Context(), "app", symbolon.UserID(user))
	if err != nil {
		t.Fatal(err)
	}
	return !u.NotBefore.IsZero()
}

// heldGroup opens a store whose writer is held by a transaction, while the given
// writers come to wait behind it. What they answer comes once it lets go.
func heldGroup(t *testing.T, n int, write func(s *sqlstore.Store, i int) error) (*sqlstore.Store, *counter, []error) {
	t.Helper()
	seen := &counter{}
	s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "group.db"), Observer: seen})
	errs := make([]error, n)
	var writers sync.WaitGroup
	err := s.Tx(t.Context(), func(symbolon.Store) error {
		for i := range n {
			writers.Go(func() { errs[i] = write(s, i) })
		}
		for s.Waiting() < n {
			runtime.Gosched()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	writers.Wait()
	return s, seen, errs
}

func TestWritersThatWaitShareOneCommit(t *testing.T) {
	s, seen, errs := heldGroup(t, 40, func(s *sqlstore.Store, i int) error {
		if i%2 == 0 {
			return put(t.Context(), s, fmt.Sprint("u", i))
		}
		return s.Tx(t.Context(), func(s symbolon.Store) error { return put(t.Context(), s, fmt.Sprint("u", i)) })
	})
	for i, err := range errs {
		if err != nil || !has(t, s, fmt.Sprint("u", i)) {
			t.Fatalf("writer %d: %v", i, err)
		}
	}
	if seen.commits.Load() != 1 || seen.largest.Load() != 41 {
		t.Errorf("%d commits for 41 writers, of at most %d", seen.commits.Load(), seen.largest.Load())
	}
}

// Every way in which a member of a group may end badly harms itself only.
func TestAMemberThatFailsHarmsNoOther(t *testing.T) {
	failed := errors.New("no")
	gone, cancel := context.WithCancel(t.Context())
	endings := []func(s symbolon.Store, user string) error{
		func(s symbolon.Store, user string) error { return put(t.Context(), s, user) },
		func(s symbolon.Store, user string) error { return errors.Join(put(t.Context(), s, user), failed) },
		func(s symbolon.Store, user string) error { _ = put(t.Context(), s, user); panic("oh no") },
		func(s symbolon.Store, user string) error { _ = put(t.Context(), s, user); runtime.Goexit(); return nil },
		func(s symbolon.Store, user string) error { cancel(); return put(gone, s, user) },
		func(s symbolon.Store, user string) error {
			_, err := s.PutApp(t.Context(), symbolon.App{ID: "app", Name: "taken", CreatedAt: time.Unix(1, 0)})
			return errors.Join(err, put(t.Context(), s, user))
		},
	}
	s, seen, errs := heldGroup(t, 8*len(endings), func(s *sqlstore.Store, i int) (err error) {
		err = errAtEnd
		defer func() { _ = recover() }()
		return s.Tx(t.Context(), func(s symbolon.Store) error {
			if _, err := s.GetApp(t.Context(), "app"); errors.Is(err, symbolon.ErrNotFound) {
				if _, err := s.PutApp(t.Context(), symbolon.App{ID: "app", Name: "app", CreatedAt: time.Unix(1, 0)}); err != nil {
					return err
				}
			}
			return endings[i%len(endings)](s, fmt.Sprint("u", i))
		})
	})
	for i, err := range errs {
		good := i%len(endings) == 0
		if (err == nil) != good && i%len(endings) < 2 || has(t, s, fmt.Sprint("u", i)) != good {
			t.Errorf("writer %d with ending %d: %v, and it is there: %v", i, i%len(endings), err, has(t, s, fmt.Sprint("u", i)))
		}
	}
	if seen.commits.Load() != 1 || seen.members.Load() != 9 {
		t.Errorf("%d commits of %d members, want one of the 8 good ones and the first", seen.commits.Load(), seen.members.Load())
	}
}

var errAtEnd = errors.New("it did not return")

func TestAWriterThatGoesAwayWhileItWaitsIsLeftOut(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "group.db")})
	left := make(chan error, 2)
	err := s.Tx(t.Context(), func(symbolon.Store) error {
		go func() { left <- put(ctx, s, "statement") }()
		go func() { left <- s.Tx(ctx, func(s symbolon.Store) error { return put(ctx, s, "transaction") }) }()
		for s.Waiting() < 2 {
			runtime.Gosched()
		}
		cancel()
		for range 2 { // both answer although the writer is held
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		}
		return nil
	})
	if err != nil || has(t, s, "statement") || has(t, s, "transaction") {
		t.Errorf("%v, statement %v, transaction %v", err, has(t, s, "statement"), has(t, s, "transaction"))
	}
}

func TestAFullDiskFailsTheGroupAndIsGotOver(t *testing.T) {
	ctx := t.Context()
	s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "full.db")})
	if err := s.OnWriter(ctx, "PRAGMA max_page_count = 1"); err != nil { // that is: no page more
		t.Fatal(err)
	}
	var full error
	stored := 0
	for full == nil {
		if full = put(ctx, s, fmt.Sprintf("%0200d", stored)); full == nil {
			stored++
		}
	}
	if !errors.Is(full, symbolon.ErrUnavailable) {
		t.Fatalf("got %v, want %v", full, symbolon.ErrUnavailable)
	}
	err := s.Tx(ctx, func(tx symbolon.Store) error {
		_ = put(ctx, tx, fmt.Sprintf("%0200d", stored)) // also where the error is not looked at
		return nil
	})
	if !errors.Is(err, symbolon.ErrUnavailable) || has(t, s, fmt.Sprintf("%0200d", stored)) {
		t.Fatalf("a transaction on the full disk: %v", err)
	}
	if err := s.OnWriter(ctx, "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := put(ctx, s, "after"); err != nil || !has(t, s, "after") || !has(t, s, fmt.Sprintf("%0200d", stored-1)) {
		t.Fatalf("after the disk has room again: %v", err)
	}
}

func TestASecondProcessIsToldThatTheFileIsTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "taken.db")
	s := open(t, sqlstore.Config{Path: path})
	if _, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path}); err == nil {
		t.Fatal("the file was opened twice")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, sqlstore.Config{Path: path})
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "close.db")
	s := open(t, sqlstore.Config{Path: path})
	acknowledged := make([]error, 16)
	var writers sync.WaitGroup
	closed := make(chan error, 1)
	err := s.Tx(t.Context(), func(symbolon.Store) error {
		for i := range acknowledged {
			writers.Go(func() { acknowledged[i] = put(t.Context(), s, fmt.Sprint("u", i)) })
		}
		for s.Waiting() < len(acknowledged) {
			runtime.Gosched()
		}
		go func() { closed <- s.Close() }()
		return nil
	})
	writers.Wait()
	if err = errors.Join(err, errors.Join(acknowledged...), <-closed); err != nil {
		t.Fatal(err)
	}
	again := open(t, sqlstore.Config{Path: path})
	for i := range acknowledged {
		if !has(t, again, fmt.Sprint("u", i)) {
			t.Errorf("writer %d was told that it was stored, and it was not", i)
		}
	}
}
