package trial_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/bench/risk/logins"
	"github.com/symbolon-id/symbolon/bench/risk/trial"
)

const users = 40

func run(t *testing.T, seed uint64) trial.Result {
	t.Helper()
	r, err := trial.Run(seed, users)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Figures that can't be had again prove nothing.
func TestEqualSeedsGiveEqualScores(t *testing.T) {
	first := run(t, 7)
	if !reflect.DeepEqual(first, run(t, 7)) {
		t.Error("the same seed gave other scores")
	}
	if reflect.DeepEqual(first, run(t, 8)) {
		t.Error("another seed gave the same scores")
	}
}

func TestEveryModelScoresEveryLogin(t *testing.T) {
	r := run(t, 7)
	for _, kind := range append([]logins.Kind{logins.Honest}, logins.Attacks...) {
		n := len(r.Ours[kind])
		if n == 0 || n != len(r.Baseline[kind]) || n != len(r.Keyed[kind]) {
			t.Errorf("%s: %d, %d and %d scores", kind, n, len(r.Baseline[kind]), len(r.Keyed[kind]))
		}
	}
}

// Without the key nobody is known, and who is unknown is challenged where nothing speaks
// for them.
func TestStolenPasswordsScoreAboveHonestLogins(t *testing.T) {
	r := run(t, 7)
	honest, stolen := mean(r.Ours[logins.Honest]), mean(r.Ours[logins.StolenPassword])
	if honest >= 20 || stolen <= 40 {
		t.Errorf("honest logins score %.1f, stolen passwords %.1f", honest, stolen)
	}
}

func mean(of []float64) float64 {
	var sum float64
	for _, x := range of {
		sum += x
	}
	return sum / float64(len(of))
}

func TestReportNamesEveryAttackerAndModel(t *testing.T) {
	var out bytes.Buffer
	trial.Report(&out, []trial.Result{run(t, 7), run(t, 8)})
	for _, kind := range logins.Attacks {
		if strings.Count(out.String(), fmt.Sprintf("\n%-28s Symbolon", kind)) != 1 {
			t.Errorf("no line for %q in:\n%s", kind, &out)
		}
	}
	for _, model := range []string{"Symbolon", "Freeman", "Freeman + key"} {
		if n := strings.Count(out.String(), " "+model+" "); n < len(logins.Attacks) {
			t.Errorf("%d lines for %q", n, model)
		}
	}
	if !strings.Contains(out.String(), "where Freeman et al. are as good or better: ") {
		t.Errorf("the report does not say where Symbolon is not better:\n%s", &out)
	}
}
