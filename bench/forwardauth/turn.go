package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// What is wanted of forward-auth.
const (
	leastRatio = 0.60
	longestP99 = 8 * time.Millisecond
)

// kind is one kind of request, with what came of it turn by turn.
type kind struct {
	name      string
	requests  [][]byte
	rates     []float64 // requests per second
	latencies []time.Duration
}

// measure lets an empty handler and forward-auth have their turns, with passes that were
// taken beforehand and are shown again and again, as browsers do.
func measure(ctx context.Context, o options, load *rig.Client) ([]*kind, error) {
	devices := make([]int, o.passes)
	for i := range devices {
		devices[i] = i * (o.devices / o.passes)
	}
	cookies, err := load.Passes(devices)
	if err != nil {
		return nil, err
	}
	shown := make([]string, o.requests)
	for i := range shown {
		shown[i] = cookies[i%len(cookies)]
	}
	all := []*kind{
		{name: "empty handler", requests: rig.Nothings(shown)},
		{name: "forward-auth", requests: rig.Passages(shown)},
	}
	for round := range 1 + o.rounds {
		for _, k := range all {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := k.turn(o, load, round); err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
		}
	}
	return all, nil
}

// turn sends one slice of requests. The first round only warms up.
func (k *kind) turn(o options, load *rig.Client, round int) error {
	if o.profiles != "" {
		file, err := filepath.Abs(filepath.Join(o.profiles, fmt.Sprintf("%s.%d.pprof", strings.ReplaceAll(k.name, " ", "-"), round)))
		if err != nil {
			return err
		}
		if err := load.Profile(file); err != nil {
			return err
		}
	}
	sent, err := load.Send(k.requests, rig.Expect(http.StatusOK, ""))
	if err == nil && o.profiles != "" {
		err = load.Profile("")
	}
	if err != nil || round == 0 {
		return err
	}
	k.rates = append(k.rates, float64(len(k.requests))/sent.Took.Seconds())
	k.latencies = append(k.latencies, sent.Latencies...)
	return nil
}

func report(out io.Writer, o options, all []*kind) {
	fmt.Fprintf(out, "%s, %s/%s, %d processors; SQLite with %d devices, %d passes, %d connections, %d rounds of %d requests each, medians\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.devices, o.passes, o.connections, o.rounds, o.requests)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\treq/s\tratio\twanted\tp50\tp99\twanted")
	empty, asked := all[0], all[1]
	fmt.Fprintf(table, "%s\t%.0f\t\t\t%s\t%s\t\n", empty.name, median(empty.rates), millis(empty.quantile(0.5)), millis(empty.quantile(0.99)))
	fmt.Fprintf(table, "%s\t%.0f\t%.2f\t≥ %.2f\t%s\t%s\t< %s\n", asked.name, median(asked.rates), ratio(empty, asked), leastRatio,
		millis(asked.quantile(0.5)), millis(asked.quantile(0.99)), millis(longestP99))
	_ = table.Flush() // printing has no one to report to
	fmt.Fprintln(out, "\nratio is of requests per second to the empty handler's in the same round.")
}

// check fails where the figures are not as wanted.
func check(empty, asked *kind) error {
	var missed []error
	if got := ratio(empty, asked); !(got >= leastRatio) {
		missed = append(missed, fmt.Errorf("the ratio is %.3f, and wanted is at least %.2f", got, leastRatio))
	}
	if got := asked.quantile(0.99); got >= longestP99 {
		missed = append(missed, fmt.Errorf("p99 is %.3f ms, and wanted is less than %s", got.Seconds()*1000, millis(longestP99)))
	}
	return errors.Join(missed...)
}

// ratio is the median of what the rounds gave, each held against itself.
func ratio(empty, asked *kind) float64 {
	ratios := make([]float64, len(asked.rates))
	for i := range ratios {
		ratios[i] = asked.rates[i] / empty.rates[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// quantile is the latency that this part of all requests stayed below.
func (k *kind) quantile(part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(k.latencies))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
