package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// What a list asks for here is in every row or in almost none, which PostgreSQL knows when
// it sees the values: then it is the most tempted to read whole tables. Without them it
// guesses. Either way it must ask each device by itself, in the index's order.
func TestListsAskPostgresForEachDeviceByItself(t *testing.T) {
	url := pgtest.Database(t)
	open(t, sqlstore.Config{URL: url})
	conn := connect(t, url)
	for _, statement := range fillLists {
		run(t, conn, statement)
	}
	statements := sqlstore.ListStatements()
	if len(statements) < 100 {
		t.Errorf("only %d statements of lists are known", len(statements))
	}
	for name, s := range statements {
		rows, err := conn.Query(t.Context(), "EXPLAIN "+s.Text, s.Args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkListPlan(t, name, strings.Join(lines, "\n"))
	}
	run(t, conn, `SET plan_cache_mode = force_generic_plan`)
	for name, text := range sqlstore.HotStatements() {
		checkListPlan(t, name, postgresPlan(t, conn, text[1]))
	}
}

func checkListPlan(t *testing.T, name, plan string) {
	t.Helper()
	along := strings.HasPrefix(name, "walk ") || strings.HasPrefix(name, "look ahead")
	switch {
	case !along && !searching.MatchString(name):
	case strings.Contains(plan, "Seq Scan"), strings.Contains(plan, "Hash Join"):
		t.Errorf("%s reads a whole table:\n%s", name, plan)
	case along && strings.Contains(plan, "Sort"):
		t.Errorf("%s sorts the whole app:\n%s", name, plan)
	}
}

// fillLists puts 50,000 devices into an app.
var fillLists = []string{
	`INSERT INTO devices (app_id, device_id, user_id, key_id, endpoint_id, status, name, name_folded, renamed, type, platform, user_agent,
		operating_system, browser, fingerprint, manufacturer_id, traits, metadata, push_config, block_by, block_reason, block_cause, block_before,
		trust_factor, revoked_reason, revoked_by, created_at, updated_at, version)
	SELECT 'big', 'd' || n, 'u' || n / 3, 'k' || n, '', 'active', 'n', 'n' || n, 0, 'mobile', 'web', '', '', '', '', 'm' || n / 4, '', '', '',
		'', '', '', '', '', '', '', n, n, 1 FROM generate_series(1, 50000) n`,
	`INSERT INTO device_use SELECT app_id, device_id, 1, created_at, created_at, created_at, '', '', created_at % 100, '' FROM devices`,
	`INSERT INTO keys SELECT app_id, key_id, key_id, '{}', 'browser', 0, NULL, 1, NULL::bigint, 1 FROM devices`,
	`VACUUM ANALYZE`,
}
