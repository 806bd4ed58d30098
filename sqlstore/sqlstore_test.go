package sqlstore_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
	"github.com/symbolon-id/symbolon/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Database {
		path := filepath.Join(t.TempDir(), "symbolon.db")
		s := open(t, sqlstore.Config{Path: path})
		back := connection(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
		return database(back, `SELECT name FROM sqlite_master WHERE type = 'table'`, s, s)
	})
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Database {
		url := pgtest.Database(t)
		a, b := open(t, sqlstore.Config{URL: url}), open(t, sqlstore.Config{URL: url})
		return database(connection(t, "pgx", url), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`, a, b)
	})
}

func open(t testing.TB, c sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// connection is a way in behind the stores' back.
func connection(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	back, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = back.Close() }) // nothing is lost with it
	return back
}

func database(back *sql.DB, tables string, a, b *sqlstore.Store) storetest.Database {
	return storetest.Database{
		Replicas:   [2]symbolon.Store{a, b},
		LookAtMost: func(n int) { a.LookAtMost(n); b.LookAtMost(n) },
		Exec: func(t *testing.T, statement string) {
			t.Helper()
			if _, err := back.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		},
		Dump: func(t *testing.T) string {
			t.Helper()
			var text strings.Builder
			for _, table := range column(t, back, tables) {
				dumpTable(t, back, table, &text)
			}
			return text.String()
		},
	}
}

func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

func dumpTable(t *testing.T, db *sql.DB, table string, text *strings.Builder) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			value := *v.(*any)
			if b, ok := value.([]byte); ok {
				value = string(b)
			}
			fmt.Fprintf(text, "%s.%s=%v\n", table, columns[i], value)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
