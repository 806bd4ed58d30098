package guarantee_test

import (
	"context"
	"database/sql"
	"maps"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to look into the database from outside
	_ "modernc.org/sqlite"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// tables looks into the database beside the service, which knows nothing of it.
type tables struct {
	db    *sql.DB
	names string // a query
}

func lookInto(t *testing.T, at place) tables {
	t.Helper()
	look := tables{names: "SELECT name FROM sqlite_schema WHERE type = 'table'"}
	var err error
	if at.database != "" {
		look.names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
		look.db, err = sql.Open("pgx", at.database)
	} else {
		look.db, err = sql.Open("sqlite", "file:"+filepath.Join(at.folder, "symbolon.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { look.db.Close() })
	return look
}

// rows counts the rows of every table.
func (l tables) rows(t *testing.T) map[string]int {
	t.Helper()
	found, err := l.db.QueryContext(t.Context(), l.names)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	counts := map[string]int{}
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		counts[name] = 0
	}
	if err := found.Err(); err != nil || len(counts) < 5 {
		t.Fatalf("found the tables %v, %v", counts, err)
	}
	for name := range counts {
		var n int
		if err := l.db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[name] = n
	}
	return counts
}

// settled waits until every event is sealed, which writes rows of its own.
func (l tables) settled(t *testing.T, app symbolontest.App) map[string]int {
	t.Helper()
	eventually(t, "every event is sealed", func(ctx context.Context) (bool, error) {
		page, err := app.Backend.ListEvents(ctx, client.Page{Limit: 200})
		return err == nil && len(page.Items) == l.rows(t)["events"], err
	})
	return l.rows(t)
}

// wantSameRows allows for what is counted by itself, whatever is sent: one census of the
// app, and how often each result of a proof came, in this hour and the next.
func wantSameRows(t *testing.T, before, after map[string]int) {
	t.Helper()
	const results, hours = 5, 2
	kept := maps.Clone(after)
	for name, more := range map[string]int{"censuses": 1, "tallies": results * hours} {
		if n := kept[name] - before[name]; n >= 0 && n <= more {
			kept[name] = before[name]
		}
	}
	if !maps.Equal(before, kept) {
		t.Errorf("the tables had rows\n%v\nand have now\n%v", before, after)
	}
}

// counting counts what the service asks of its store.
type counting struct {
	symbolon.Store
	count func(method string)
}

func (c counting) GetIdentity(ctx context.Context, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) (symbolon.Identity, error) {
	c.count("GetIdentity")
	return c.Store.GetIdentity(ctx, app, user, key)
}

func (c counting) GetDevice(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	c.count("GetDevice")
	return c.Store.GetDevice(ctx, app, id)
}

func (c counting) GetUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (symbolon.User, error) {
	c.count("GetUser")
	return c.Store.GetUser(ctx, app, user)
}

func (c counting) ListUserDevices(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.Device, error) {
	c.count("ListUserDevices")
	return c.Store.ListUserDevices(ctx, app, user)
}

func (c counting) ListKeyDevices(ctx context.Context, app symbolon.AppID, key symbolon.KeyID) ([]symbolon.Device, error) {
	c.count("ListKeyDevices")
	return c.Store.ListKeyDevices(ctx, app, key)
}

func (c counting) GetKey(ctx context.Context, app symbolon.AppID, id symbolon.KeyID) (symbolon.Key, error) {
	c.count("GetKey")
	return c.Store.GetKey(ctx, app, id)
}

func (c counting) GetKeyByThumbprint(ctx context.Context, app symbolon.AppID, thumbprint string) (symbolon.Key, bool, error) {
	c.count("GetKeyByThumbprint")
	return c.Store.GetKeyByThumbprint(ctx, app, thumbprint)
}

func (c counting) HasTombstone(ctx context.Context, app symbolon.AppID, tag []byte) (bool, error) {
	c.count("HasTombstone")
	return c.Store.HasTombstone(ctx, app, tag)
}

func (c counting) TakeSpend(ctx context.Context, app symbolon.AppID, key []byte, until time.Time) error {
	c.count("TakeSpend")
	return c.Store.TakeSpend(ctx, app, key, until)
}

func (c counting) PutDecision(ctx context.Context, r symbolon.DecisionRecord) (symbolon.EventID, error) {
	c.count("PutDecision")
	return c.Store.PutDecision(ctx, r)
}

func (c counting) AppendEvent(ctx context.Context, e symbolon.Event) (symbolon.EventID, error) {
	c.count("AppendEvent")
	return c.Store.AppendEvent(ctx, e)
}

func (c counting) PutDevice(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	c.count("PutDevice")
	return c.Store.PutDevice(ctx, d)
}

// Tx counts what happens inside too.
func (c counting) Tx(ctx context.Context, f func(symbolon.Store) error) error {
	c.count("Tx")
	return c.Store.Tx(ctx, func(tx symbolon.Store) error { return f(counting{tx, c.count}) })
}
