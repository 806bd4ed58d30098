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
	later := only(t, database, "00001_core.sql", "00002_sessions.sql")
	later["99999_later.sql"] = &fstest.MapFile{Data: []byte(`-- +goose Up
ALTER TABLE devices ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';
UPDATE devices SET name = name || ' (' || colour || ')';
`)}
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

// firstRows are of a database as the first version left it: an app, and a device with its
// key.
var firstRows = []string{
	`INSERT INTO apps VALUES ('app', 'App', '["https://app.test"]', 1, 2, 3)`,
	`INSERT INTO keys VALUES ('app', 'k1', 'thumb', '{}', 'browser', 0, NULL, 1, NULL, 1)`,
	"INSERT INTO device_use VALUES ('app', 'dev_1', 7, 1, NULL, NULL, '', '', 12, '5 6 64500 20 41.1 -8.6 PT\tPorto, PT\n1 2 0 0 0 0 ES\t')",
	"INSERT INTO device_use VALUES ('app', 'nowhere', 0, 1, NULL, NULL, '', '', 0, '')",
	"INSERT INTO device_use VALUES ('app', 'network', 0, 1, NULL, NULL, '', '', 0, '5 6 64500 0 0 0 \tPorto, PT\n1 2 0 0 0 0 ES\t')",
	`INSERT INTO devices (app_id, device_id, user_id, key_id, endpoint_id, status, name, name_folded, renamed, type, platform, user_agent,
		operating_system, browser, fingerprint, manufacturer_id, traits, metadata, push_config, block_by, block_reason, block_cause,
		block_before, trust_factor, revoked_reason, revoked_by, created_at, updated_at, version)
	VALUES ('app', 'dev_1', 'ann', 'k1', '', 'active', 'Phone', 'phone', 1, 'mobile', 'ios', '', '', '', '', '', '', '', '',
		'', '', '', '', '', '', '', 1, 2, 5)`,
}

func TestADatabaseOfTheFirstVersionIsBroughtUpToDate(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			c := fresh(t)
			first, err := sqlstore.Open(t.Context(), c.WithMigrations(only(t, name, "00001_core.sql")))
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			back := connection(t, map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[name], c.Path+c.URL)
			for _, row := range firstRows {
				if _, err := back.ExecContext(t.Context(), row); err != nil {
					t.Fatal(err)
				}
			}

			s := open(t, c)
			app, err := s.GetApp(t.Context(), "app")
			if err != nil || app.Name != "App" || len(app.Origins) != 1 || app.Issuers == nil || len(app.Issuers) != 0 || app.Version != 3 {
				t.Errorf("the app is now %+v, %v", app, err)
			}
			st, err := s.GetStanding(t.Context(), "app", "dev_1")
			if d := st.Device; err != nil || d.Name != "Phone" || d.UsageCount != 7 || d.Thumbprint != "thumb" || d.SessionBoundAt != nil || d.Version != 5 {
				t.Errorf("the device is now %+v, %v", d, err)
			}
			for id, want := range map[string]string{"dev_1": "PT", "nowhere": "", "network": ""} {
				var country string
				if err := back.QueryRowContext(t.Context(), "SELECT country FROM device_use WHERE device_id = '"+id+"'").Scan(&country); err != nil || country != want {
					t.Errorf("%s was last in %q, want %q; %v", id, country, want, err)
				}
			}
			now := time.Unix(1_800_000_000, 0).UTC()
			st.Device.SessionBoundAt = &now
			if _, err := s.PutDevice(t.Context(), st.Device); err != nil {
				t.Error(err)
			}
			b := symbolon.BoundSession{ID: "session", AppID: "app", UserID: "ann", DeviceID: "dev_1", CreatedAt: now, RefreshedAt: now, ExpiresAt: now}
			if err := s.PutSession(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
}

// only is the migrations of these names.
func only(t *testing.T, database string, names ...string) fstest.MapFS {
	t.Helper()
	files, err := sqlstore.Migrations(database)
	if err != nil {
		t.Fatal(err)
	}
	some := fstest.MapFS{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		some[name] = &fstest.MapFile{Data: data}
	}
	return some
}

// Both databases have the same tables and columns, but for those of one engine only.
func TestTheSchemasSayTheSame(t *testing.T) {
	columns := map[string]map[string]bool{}
	for name := range databases {
		columns[name] = schemaColumns(t, name)
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
	for _, column := range []string{"apps.issuers", "devices.session_bound_at", "sessions.expires_at"} {
		if !columns["sqlite"][column] {
			t.Errorf("%s was not found among %d columns", column, len(columns["sqlite"]))
		}
	}
}

// schemaColumns are what all migrations of a database make.
func schemaColumns(t *testing.T, database string) map[string]bool {
	t.Helper()
	files, err := sqlstore.Migrations(database)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	columns, table := map[string]bool{}, ""
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			switch {
			case strings.HasPrefix(line, "CREATE TABLE "):
				table = words[2]
			case strings.HasPrefix(line, "ALTER TABLE "):
				columns[words[2]+"."+words[5]] = true // ADD COLUMN
			case strings.HasPrefix(line, "    ") && words[0] != "PRIMARY":
				columns[table+"."+words[0]] = true
			}
		}
	}
	return columns
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
