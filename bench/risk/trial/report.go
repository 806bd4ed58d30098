package trial

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon/bench/risk/logins"
	"github.com/symbolon-id/symbolon/bench/risk/roc"
)

// figures are those of one model against one kind of attacker, of one seed each.
type figures struct{ auc, at99, at999 []float64 }

func (f *figures) add(s Scores, kind logins.Kind) {
	honest, attacks := s[logins.Honest], s[kind]
	f.auc = append(f.auc, roc.AUC(honest, attacks))
	f.at99 = append(f.at99, 100*roc.Challenged(honest, attacks, 0.99))
	f.at999 = append(f.at999, 100*roc.Challenged(honest, attacks, 0.999))
}

// Report prints what the seeds gave, each figure as its mean and the half of its spread.
func Report(out io.Writer, results []Result) {
	fmt.Fprintf(out, "%-28s %-15s %15s %22s %22s\n", "attacker", "model", "ROC-AUC", "challenged at 99%", "challenged at 99.9%")
	var worse []string
	for _, kind := range logins.Attacks {
		var ours, baseline, keyed figures
		for _, r := range results {
			ours.add(r.Ours, kind)
			baseline.add(r.Baseline, kind)
			keyed.add(r.Keyed, kind)
		}
		ours.print(out, kind.String(), "Symbolon")
		baseline.print(out, "", "Freeman")
		keyed.print(out, "", "Freeman + key")
		worse = append(worse, ours.worse(baseline, kind.String())...)
	}
	fmt.Fprintln(out)
	summary(out, results)
	if len(worse) == 0 {
		worse = []string{"none"}
	}
	fmt.Fprintf(out, "where Freeman et al. are as good or better: %s\n", strings.Join(worse, "; "))
}

func (f figures) print(out io.Writer, kind, model string) {
	fmt.Fprintf(out, "%-28s %-15s %15s %22s %22s\n", kind, model,
		spread("%.4f ± %.4f", f.auc), spread("%.2f%% ± %.2f", f.at99), spread("%.2f%% ± %.2f", f.at999))
}

// worse names the figures that are not better than the other's, seeds taken together.
func (f figures) worse(than figures, kind string) []string {
	var names []string
	if mean(f.auc) <= mean(than.auc) {
		names = append(names, kind+": AUC")
	}
	if mean(f.at99) >= mean(than.at99) {
		names = append(names, kind+": 99%")
	}
	if mean(f.at999) >= mean(than.at999) {
		names = append(names, kind+": 99.9%")
	}
	return names
}

// summary says what honest users meet at the default thresholds.
func summary(out io.Writer, results []Result) {
	var unknown, challenged, distrusted []float64
	reasons := map[string]int{}
	total := 0
	for _, r := range results {
		honest := len(r.Ours[logins.Honest])
		unknown = append(unknown, 100*(1-float64(len(r.Known))/float64(honest)))
		challenged = append(challenged, 100*roc.Above(r.Known, float64(policy.ChallengeAt)))
		distrusted = append(distrusted, 100*roc.Above(r.Known, float64(policy.DistrustAt)))
		total += honest
		for code, n := range r.Reasons {
			reasons[code] += n
		}
	}
	fmt.Fprintf(out, "honest logins: %d, %s of them without a known key and so challenged whatever their score\n", total, spread("%.2f%% ± %.2f", unknown))
	fmt.Fprintf(out, "of the others, at challengeAt (%d) or above: %s; at distrustAt (%d) or above: %s\n",
		policy.ChallengeAt, spread("%.2f%% ± %.2f", challenged), policy.DistrustAt, spread("%.3f%% ± %.3f", distrusted))
	fmt.Fprint(out, "reasons given to honest logins:")
	for _, code := range slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Or(reasons[b]-reasons[a], cmp.Compare(a, b)) }) {
		fmt.Fprintf(out, " %s %.2f%%", code, 100*float64(reasons[code])/float64(total))
	}
	fmt.Fprintln(out)
}

func mean(of []float64) float64 {
	var sum float64
	for _, x := range of {
		sum += x
	}
	return sum / float64(len(of))
}

func spread(format string, of []float64) string {
	return fmt.Sprintf(format, mean(of), (slices.Max(of)-slices.Min(of))/2)
}
