package sqlstore_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

var (
	// parameter finds $1, $2 … in a statement.
	parameter = regexp.MustCompile(`\$\d+`)

	// harmless are scans of what was read before, of those removed, and of arguments.
	harmless = regexp.MustCompile(`SCAN (r|few|part|p|CONSTANT ROW|.* VIRTUAL TABLE.*)\n`)

	// searching are the names of what must not walk along an app's index from its beginning.
	searching = regexp.MustCompile(`^(list_\w+_devices|list_users|(search|count) of .*)$`)
)

func TestHotStatementsReadNoWholeTableOfSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "explain.db")
	open(t, sqlstore.Config{Path: path})
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, text := range sqlstore.HotStatements() {
		plan := sqlitePlan(t, db, text[0])
		for line := range strings.Lines(plan) {
			whole := strings.Contains(line, "SCAN ") && !harmless.MatchString(line) && name != "list_erasures" && name != "list_open_incidents"
			sorted := strings.Contains(line, "USE TEMP B-TREE FOR ORDER BY") && strings.HasPrefix(name, "walk ")
			walked := strings.HasSuffix(line, "(app_id=?)\n") && searching.MatchString(name)
			if whole || sorted || walked {
				t.Errorf("%s reads too much:\n%s", name, plan)
			}
		}
	}
}

func sqlitePlan(t *testing.T, db *sql.DB, statement string) (plan string) {
	t.Helper()
	highest := 0
	for range parameter.FindAllString(statement, -1) {
		highest++
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, make([]any, highest)...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan += detail + "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}

// PostgreSQL chooses by what it knows of the tables, so they are filled first.
func TestHotStatementsReadNoWholeTableOfPostgres(t *testing.T) {
	url := pgtest.Database(t)
	open(t, sqlstore.Config{URL: url})
	conn := connect(t, url)
	for _, statement := range fill {
		run(t, conn, statement)
	}
	run(t, conn, `ANALYZE`)
	run(t, conn, `SET plan_cache_mode = force_generic_plan`)
	for name, text := range sqlstore.HotStatements() {
		plan := postgresPlan(t, conn, text[1])
		if strings.Contains(strings.ReplaceAll(plan, "Seq Scan on removed_apps", ""), "Seq Scan") {
			t.Errorf("%s reads a whole table:\n%s", name, plan)
		}
	}
}

func postgresPlan(t *testing.T, conn *pgx.Conn, statement string) (plan string) {
	t.Helper()
	run(t, conn, "PREPARE hot AS "+statement)
	defer run(t, conn, "DEALLOCATE hot")
	n := 0
	if err := conn.QueryRow(t.Context(), `SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'hot'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	values := strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ")
	rows, err := conn.Query(t.Context(), "EXPLAIN EXECUTE hot("+values+")", pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// fill puts 20,000 rows into every table that grows, in ten apps.
var fill = []string{
	`INSERT INTO devices (app_id, device_id, user_id, key_id, endpoint_id, status, name, name_folded, renamed, type, platform, user_agent,
		operating_system, browser, fingerprint, manufacturer_id, traits, metadata, push_config, block_by, block_reason, block_cause, block_before,
		trust_factor, revoked_reason, revoked_by, created_at, updated_at, version)
	SELECT 'app' || n % 10, 'd' || n, 'u' || n / 3, 'k' || n / 2, '', 'active', 'n', 'n' || n, 0, 'mobile', 'web', '', '', '', '', '', '', '', '',
		'', '', '', '', '', '', '', n, n, 1 FROM generate_series(1, 20000) n`,
	`INSERT INTO device_use SELECT app_id, device_id, 1, created_at, created_at, created_at, '', '', created_at % 100, '' FROM devices`,
	`INSERT INTO sessions SELECT app_id, device_id, user_id, device_id, '', '', '', 0, 0, 0, 0, created_at FROM devices`,
	`INSERT INTO keys SELECT DISTINCT ON (app_id, key_id) app_id, key_id, key_id, '{}', 'browser', 0, NULL, 1, NULL::bigint, 1 FROM devices`,
	`INSERT INTO thumbprints SELECT app_id, key_id, key_id, 0 FROM keys`,
	`INSERT INTO users SELECT DISTINCT app_id, user_id, 1, 1, '' FROM devices`,
	`INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, spend)
		SELECT app_id, 'device.decided', created_at, 'client', '', user_id, device_id, '', '', convert_to(device_id, 'UTF8') FROM devices`,
	`INSERT INTO seals SELECT app_id, created_at, '', '', created_at FROM devices`,
	`INSERT INTO spent SELECT app_id, convert_to(device_id, 'UTF8'), created_at FROM devices`,
	`INSERT INTO answers SELECT app_id, convert_to(device_id, 'UTF8'), '', user_id, 200, '', '', created_at FROM devices`,
	`INSERT INTO tallies SELECT app_id, created_at, 'event', device_id, 1 FROM devices`,
	`INSERT INTO incidents SELECT app_id, device_id, '', '', created_at, CASE WHEN created_at % 100 = 0 THEN NULL ELSE created_at END FROM devices`,
	`INSERT INTO erasures SELECT app_id, user_id, device_id, 0, created_at FROM devices`,
	`INSERT INTO policies SELECT app_id, created_at, '', 0, '' FROM devices`,
	`INSERT INTO checkpoints SELECT device_id, 1, '', 0, '' FROM devices`,
	`INSERT INTO sweeps SELECT device_id, 1, 0, '' FROM devices`,
	`INSERT INTO censuses SELECT device_id, '', 1 FROM devices`,
	`INSERT INTO removed_apps SELECT 'gone' || n, n FROM generate_series(1, 1000) n`,
	`INSERT INTO erased SELECT app_id, convert_to(device_id, 'UTF8'), '', created_at FROM devices`,
	`INSERT INTO tombstones SELECT app_id, convert_to(device_id, 'UTF8'), '', created_at FROM devices`,
	`INSERT INTO credentials SELECT app_id, device_id, convert_to(device_id, 'UTF8'), '', '', '', 0 FROM devices`,
}
