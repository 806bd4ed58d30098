package packaging_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

const alerts, dashboard = "monitoring/alerts.yaml", "monitoring/dashboard.json"

func TestAlertsGoOffWhenTheyShould(t *testing.T) {
	run(t, tool(t, "promtool", "check", "rules", alerts))
	run(t, tool(t, "promtool", "test", "rules", "monitoring/alerts_test.yaml"))
}

// An alert that no test names has never been seen to go off.
func TestEveryAlertIsTried(t *testing.T) {
	tests := read(t, "monitoring/alerts_test.yaml")
	found := regexp.MustCompile(`(?m)- alert: (\w+)`).FindAllStringSubmatch(read(t, alerts), -1)
	for _, name := range found {
		if !regexp.MustCompile(name[1] + `\b`).MatchString(tests) {
			t.Errorf("nothing tries %s", name[1])
		}
	}
	if len(found) == 0 {
		t.Error("there are no alerts")
	}
}

// board is the part of Grafana's format that is looked at here.
type board struct {
	Panels []struct {
		ID      int
		Title   string
		GridPos struct{ X, Y, W, H int }
		Targets []struct{ Expr string }
	}
	Templating struct {
		List []struct{ Name string }
	}
}

func readBoard(t *testing.T) board {
	t.Helper()
	var b board
	if err := json.Unmarshal([]byte(read(t, dashboard)), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// queries are the dashboard's, with its variables filled in.
func (b board) queries() []string {
	fill := strings.NewReplacer("$__rate_interval", "5m", "$job", "symbolon", "$instance", ".*")
	var all []string
	for _, p := range b.Panels {
		for _, target := range p.Targets {
			all = append(all, fill.Replace(target.Expr))
		}
	}
	return all
}

func TestPrometheusUnderstandsTheDashboard(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	for i, query := range readBoard(t).queries() {
		fmt.Fprintf(&rules, "  - record: query:%d\n    expr: %q\n", i, query)
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	write(t, path, rules.String())
	run(t, tool(t, "promtool", "check", "rules", "--lint=none", path))
}

func TestTheDashboardsPanelsStandSideBySide(t *testing.T) {
	taken := map[[2]int]string{}
	ids := map[int]bool{}
	for _, p := range readBoard(t).Panels {
		if ids[p.ID] || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%q has the id of another, no query, or a place off the page", p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("%q lies over %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// exposed is what a service that has decided something shows to Prometheus.
func exposed(t *testing.T) string {
	t.Helper()
	list := filepath.Join(t.TempDir(), "anonymous.txt") // whose age is shown
	write(t, list, "203.0.113.0/24\n")
	command := exec.Command(program(t), "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--geoip.anonymous", list)
	command.Env = []string{"SYMBOLON_ADMIN_KEY=" + adminKey}
	p, err := symbolontest.Launch(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() }) //nolint:errcheck // it may have ended
	app := symbolontest.Attach(t, p.URL, adminKey).NewApp(t)
	device := symbolontest.NewDevice(t, app, proof.ES256)
	if _, err := device.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Decide(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(p.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	selector = regexp.MustCompile(`\b((?:symbolon|process|go)_[a-z0-9_]+)(?:\{([^}]*(?:"[^"]*"[^}]*)*)\})?`)
	matcher  = regexp.MustCompile(`(\w+)(=~|!~|!=|=)"([^"]*)"`)
)

// A name that the service does not show makes an alert that never goes off, and a panel that stays empty.
func TestEveryMetricIsOneThatTheServiceShows(t *testing.T) {
	shown := exposed(t)
	queries := append(readBoard(t).queries(), read(t, alerts))
	count := 0
	for _, query := range queries {
		for _, found := range selector.FindAllStringSubmatch(query, -1) {
			count++
			if missing := lacks(shown, found[1], found[2]); missing != "" {
				t.Errorf("%s: the service shows no %s", found[0], missing)
			}
		}
	}
	if count < len(queries) {
		t.Errorf("found only %d metrics in %d queries: does the test still understand them?", count, len(queries))
	}
}

// lacks tells what the service does not show: the metric, a label, or a fixed value of one that it must always have.
func lacks(shown, metric, matchers string) string {
	series := regexp.MustCompile(`(?m)^`+metric+`(\{.*\})? .*$`).FindAllString(shown, -1)
	if len(series) == 0 {
		return "metric " + metric
	}
	for _, m := range matcher.FindAllStringSubmatch(matchers, -1) {
		label, operator, value := m[1], m[2], m[3]
		want := label + `="`
		switch {
		case label == "job", label == "instance":
			continue // Prometheus adds these
		case operator == "=" && (label == "route" || label == "recommendation"):
			want += value + `"`
		}
		if !strings.Contains(strings.Join(series, "\n"), want) {
			return fmt.Sprintf("%s of %s", want, metric)
		}
	}
	return ""
}
