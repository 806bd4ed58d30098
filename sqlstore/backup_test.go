package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// named is a database at the path that holds one app of the name.
func named(t *testing.T, path, name string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	rename(t, s, name)
	return s
}

func rename(t *testing.T, s *sqlstore.Store, name string) {
	t.Helper()
	a, err := s.GetApp(t.Context(), "acme")
	if errors.Is(err, symbolon.ErrNotFound) {
		a = symbolon.App{ID: "acme", CreatedAt: time.Unix(1, 0)}
	}
	a.Name, a.UpdatedAt = name, time.Unix(2, 0)
	if _, err := s.PutApp(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// nameIn is the name that the app has in a database that is only read.
func nameIn(t *testing.T, path string) string {
	t.Helper()
	s, err := sqlstore.OpenReadOnly(t.Context(), sqlstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.CheckIntegrity(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := s.GetApp(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return a.Name
}

func closed(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestABackupIsTheDatabaseAtOneMoment(t *testing.T) {
	folder := t.TempDir()
	path, to := filepath.Join(folder, "symbolon.db"), filepath.Join(folder, "copy.db")
	s := named(t, path, "as it was")
	defer closed(t, s)
	if err := sqlstore.Backup(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	rename(t, s, "as it is now")
	if got := nameIn(t, to); got != "as it was" {
		t.Errorf("the copy holds %q", got)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := sqlstore.Backup(t.Context(), path, to); !errors.Is(err, os.ErrExist) {
		t.Errorf("a copy was written over: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	other := filepath.Join(folder, "other.db")
	if err := sqlstore.Backup(ended, path, other); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that was cancelled ended with %v", err)
	}
	if _, err := os.Stat(other); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a backup that was cancelled left something behind: %v", err)
	}
}

func atOnce() error { return nil }

func never(t *testing.T) func() error {
	return func() error {
		t.Error("something was prepared beside a process that has the database open")
		return nil
	}
}

func TestARestoredDatabaseReplacesTheOtherWhichIsKept(t *testing.T) {
	folder := t.TempDir()
	path, copied, kept := filepath.Join(folder, "symbolon.db"), filepath.Join(folder, "copy.db"), filepath.Join(folder, "kept.db")
	s := named(t, path, "first")
	if err := sqlstore.Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	rename(t, s, "second")
	if err := sqlstore.Restore(t.Context(), copied, path, kept, never(t)); !errors.Is(err, sqlstore.ErrInUse) {
		t.Errorf("a database in use was replaced: %v", err)
	}
	closed(t, s)
	if err := os.WriteFile(path+".incoming", []byte("of a restore that was broken off"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlstore.Restore(t.Context(), copied, path, kept, atOnce); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{path: "first", kept: "second"} {
		if got := nameIn(t, file); got != want {
			t.Errorf("%s holds %q; want %q", filepath.Base(file), got, want)
		}
	}
	closed(t, named(t, path, "goes on"))
}

// The log of changes of a database whose service was killed belongs to it, and must not
// find its way into what takes its place.
func TestARestoreKeepsTheLogOfChangesApart(t *testing.T) {
	folder := t.TempDir()
	path, copied, kept := filepath.Join(folder, "symbolon.db"), filepath.Join(folder, "copy.db"), filepath.Join(folder, "kept.db")
	s := named(t, path, "first")
	if err := sqlstore.Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	rename(t, s, "second")
	killed := t.TempDir()
	for _, suffix := range []string{"", "-wal"} { // what a kill leaves
		text, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(killed, "symbolon.db"+suffix), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, s)
	if err := sqlstore.Restore(t.Context(), copied, filepath.Join(killed, "symbolon.db"), kept, atOnce); err != nil {
		t.Fatal(err)
	}
	if got := nameIn(t, filepath.Join(killed, "symbolon.db")); got != "first" {
		t.Errorf("the restored database holds %q; want first", got)
	}
	if got := nameIn(t, kept); got != "second" {
		t.Errorf("the database that was kept holds %q; want second", got)
	}
}

func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "symbolon.db")
	s := named(t, path, "whole")
	for i := range 200 { // some pages to damage
		if _, err := s.AppendEvent(t.Context(), symbolon.Event{
			AppID: "acme", Type: symbolon.EventAppUpdated, At: time.Unix(int64(i), 0), Actor: symbolon.Actor{Kind: symbolon.CallerSystem},
			Data: fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 400)),
		}); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, s)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(text) / 2; i < len(text)/2+20_000; i++ {
		text[i] ^= 0xff
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = sqlstore.OpenReadOnly(t.Context(), sqlstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	if err := s.CheckIntegrity(t.Context()); err == nil {
		t.Error("a damaged database passes")
	}
}

func TestWhatIsOpenedToReadTakesNoWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "symbolon.db")
	service := named(t, path, "in use") // beside a service
	defer closed(t, service)
	url := pgtest.Database(t)
	open(t, sqlstore.Config{URL: url})
	for name, c := range map[string]sqlstore.Config{"SQLite": {Path: path}, "PostgreSQL": {URL: url}} {
		s, err := sqlstore.OpenReadOnly(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer closed(t, s)
		r, err := s.Inspect(t.Context())
		if err != nil || r.Schema != r.Known || r.Known < 1 || r.Version == "" || r.Size == 0 || time.Since(r.Clock).Abs() > time.Hour {
			t.Errorf("%s: it says of itself %+v, %v", name, r, err)
		}
		if err := s.CheckIntegrity(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.PutApp(t.Context(), symbolon.App{ID: "other", Name: "Other", CreatedAt: time.Unix(1, 0)}); err == nil {
			t.Errorf("%s: it was written to", name)
		}
		if err := s.Tx(t.Context(), func(tx symbolon.Store) error {
			return tx.PutUser(t.Context(), symbolon.User{AppID: "acme", ID: "u"})
		}); err == nil {
			t.Errorf("%s: it was written to in a transaction", name)
		}
	}
}

func TestADatabaseWithoutASchemaSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]sqlstore.Config{"SQLite": {Path: path}, "PostgreSQL": {URL: pgtest.Database(t)}} {
		s, err := sqlstore.OpenReadOnly(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer closed(t, s)
		if r, err := s.Inspect(t.Context()); err != nil || r.Schema != 0 {
			t.Errorf("%s: it says of itself %+v, %v", name, r, err)
		}
	}
}
