package sqlstore_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// databases are fresh ones of each kind, for the tests that need more than the suite.
var databases = map[string]func(t *testing.T) sqlstore.Config{
	"sqlite": func(t *testing.T) sqlstore.Config {
		return sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")}
	},
	"postgres": func(t *testing.T) sqlstore.Config { return sqlstore.Config{URL: pgtest.Database(t)} },
}

// next is the present schema and one migration more, as a later version will have.
func next(t *testing.T, database string) fs.FS {
	t.Helper()
	files, err := sqlstore.Migrations(database)
	if err != nil {
		t.Fatal(err)
	}
	later := fstest.MapFS{"99999_later.sql": {Data: []byte(`-- +goose Up
ALTER TABLE devices ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';
UPDATE devices SET name = name || ' (' || colour || ')';
`)}}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		later[name] = &fstest.MapFile{Data: data}
	}
	return later
}

func TestAnUpgradeKeepsTheDataAndTheOldProgramIsRefusedAfter(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			c := fresh(t)
			old, err := sqlstore.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			d := device(t, old, "ann", "k1")
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}

			upgraded, err := sqlstore.Open(t.Context(), c.WithMigrations(next(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := upgraded.GetDevice(t.Context(), d.AppID, d.ID)
			if err != nil || got.Name != d.Name+" (grey)" || got.UserID != d.UserID {
				t.Errorf("after the upgrade: %+v, %v", got, err)
			}
			if err := upgraded.Close(); err != nil {
				t.Fatal(err)
			}

			if _, err = sqlstore.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "version 99999") {
				t.Errorf("the old program on the newer schema: %v", err)
			}
			open(t, c.WithMigrations(next(t, name))) // the refusal left no lock behind
		})
	}
}

func TestTwoThatMigrateAtOnceBothSucceed(t *testing.T) {
	for range 3 {
		c := sqlstore.Config{URL: pgtest.Database(t)}
		opened := make(chan error, 4)
		for range cap(opened) {
			go func() {
				s, err := sqlstore.Open(t.Context(), c)
				if err == nil {
					err = s.Close()
				}
				opened <- err
			}()
		}
		for range cap(opened) {
			if err := <-opened; err != nil {
				t.Error(err)
			}
		}
	}
}

// Both databases have the same tables and columns, but for those of one engine only.
func TestTheSchemasSayTheSame(t *testing.T) {
	columns := map[string]map[string]bool{}
	for name := range databases {
		files, err := sqlstore.Migrations(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(files, "00001_core.sql")
		if err != nil {
			t.Fatal(err)
		}
		columns[name] = map[string]bool{}
		table := ""
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			switch {
			case len(words) > 2 && words[0] == "CREATE" && words[1] == "TABLE":
				table = words[2]
			case strings.HasPrefix(line, "    ") && words[0] != "PRIMARY":
				columns[name][table+"."+words[0]] = true
			}
		}
	}
	for _, own := range []string{"sealer.mark_id", "sealer.mark_writers"} {
		delete(columns["postgres"], own)
	}
	for a, b := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		for column := range columns[a] {
			if !columns[b][column] {
				t.Errorf("%s has %s, and %s has not", a, column, b)
			}
		}
	}
	if len(columns["sqlite"]) < 100 {
		t.Errorf("only %d columns were found", len(columns["sqlite"]))
	}
}

// device registers a device in the app "app".
func device(t testing.TB, s symbolon.Store, user symbolon.UserID, key symbolon.KeyID) symbolon.Device {
	t.Helper()
	now := time.Unix(1_800_000_000, 0).UTC()
	d := symbolon.Device{
		ID: symbolon.NewDeviceID(), AppID: "app", UserID: user, KeyID: key, Status: symbolon.StatusActive, Name: "Chrome on macOS",
		Type: symbolon.TypeLaptop, Platform: symbolon.PlatformWeb, ProvenAt: &now, CreatedAt: now, UpdatedAt: now,
	}
	err := s.Tx(t.Context(), func(s symbolon.Store) (err error) {
		k := symbolon.Key{AppID: "app", ID: key, Thumbprint: string(key), PublicKey: []byte(`{"kty":"EC","crv":"P-256","x":"x","y":"y"}`), CreatedAt: now}
		if _, err := s.PutKey(t.Context(), k); err != nil {
			return err
		}
		d, err = s.PutDevice(t.Context(), d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
