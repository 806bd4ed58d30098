package sqlstore_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// logPlans are the statements behind pages of the portal that read the log and what was
// counted, each with the index that it has to go by: a page in the middle of a million
// events must cost what the first one does.
var logPlans = map[string]struct{ sqlite, postgres string }{
	"list_log":              {"SEARCH events USING INDEX events_log (app_id=? AND id<?)", "Index Scan Backward using events_log on events"},
	"list_latest_decisions": {"SEARCH events USING INDEX events_spend (app_id=? AND spend<?)", "Index Scan Backward using events_spend on events"},
	"list_daily_tallies":    {"SEARCH tallies USING PRIMARY KEY (app_id=? AND hour>? AND hour<?)", " tallies_pkey"},
	"get_census":            {"SEARCH censuses USING PRIMARY KEY (app_id=?)", "censuses_pkey on censuses"},
}

func planned(t *testing.T, each func(name string, texts [2]string)) {
	t.Helper()
	n := 0
	for _, s := range sqlstore.Statements() {
		if _, asked := logPlans[s.Name]; asked {
			each(s.Name, s.Texts)
			n++
		}
	}
	if n != len(logPlans) {
		t.Errorf("%d of %d statements are there", n, len(logPlans))
	}
}

func TestTheLogIsReadByItsIndexOnSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "explain.db")
	open(t, sqlstore.Config{Path: path})
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	planned(t, func(name string, texts [2]string) {
		plan := sqlitePlan(t, db, texts[0])
		sorts := strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") && name != "list_daily_tallies"
		if !slices.Contains(strings.Split(plan, "\n"), logPlans[name].sqlite) || sorts {
			t.Errorf("%s:\n%s", name, plan)
		}
	})
}

func TestTheLogIsReadByItsIndexOnPostgres(t *testing.T) {
	url := pgtest.Database(t)
	open(t, sqlstore.Config{URL: url})
	conn := connect(t, url)
	for _, statement := range append(fill,
		`INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data)
			SELECT app_id, 'device.updated', created_at, 'user', '', user_id, device_id, '', '' FROM devices`,
		`INSERT INTO tallies SELECT 'app' || a, 3600000000 * h, kind, name, 1 FROM generate_series(0, 9) a, generate_series(0, 99) h,
			unnest(ARRAY['country', 'event', 'reason', 'score']) kind, unnest(ARRAY['a', 'b', 'c', 'd', 'e']) name`,
	) {
		run(t, conn, statement)
	}
	run(t, conn, `ANALYZE`)
	run(t, conn, `SET plan_cache_mode = force_generic_plan`)
	planned(t, func(name string, texts [2]string) {
		plan := postgresPlan(t, conn, texts[1])
		if !strings.Contains(plan, logPlans[name].postgres) || strings.Contains(plan, "Seq Scan") || strings.HasPrefix(plan, "Sort") && name != "list_daily_tallies" {
			t.Errorf("%s:\n%s", name, plan)
		}
	})
}

// A month of one kind costs what that app's month holds, and not a look at everything for
// each hour: by the generic plan, and by the one that is made for the arguments.
func TestDailyTalliesAreReadOnceOnPostgres(t *testing.T) {
	url := pgtest.Database(t)
	open(t, sqlstore.Config{URL: url})
	conn := connect(t, url)
	run(t, conn, `INSERT INTO tallies SELECT 'app', 3600000000 * h, kind, 'name' || n, 1 FROM generate_series(0, 719) h,
		unnest(ARRAY['country', 'event', 'reason', 'score', 'proof']) kind, generate_series(1, 10) n`)
	run(t, conn, `ANALYZE tallies`)
	planned(t, func(name string, texts [2]string) {
		if name != "list_daily_tallies" {
			return
		}
		run(t, conn, "PREPARE daily AS "+texts[1])
		for _, mode := range []string{"custom", "generic"} {
			run(t, conn, "SET plan_cache_mode = force_"+mode+"_plan")
			rows, err := conn.Query(t.Context(), `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE daily('app', 0, 2592000000000, 'country', 0)`, pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(lines, "\n")
			buffers, removed := planNumber(plan, `Buffers: shared hit=(\d+)`), planNumber(plan, `Rows Removed by Filter: (\d+)`)
			if buffers == 0 || buffers > 5000 || removed > 36000 || strings.Contains(plan, "Nested Loop") {
				t.Errorf("%s plan:\n%s", mode, plan)
			}
		}
	})
}

// planNumber is the first number that a plan gives so, 0 for none.
func planNumber(plan, expr string) (n int) {
	if found := regexp.MustCompile(expr).FindStringSubmatch(plan); found != nil {
		n, _ = strconv.Atoi(found[1])
	}
	return n
}
