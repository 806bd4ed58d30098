package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// longestP95 is what a page may take.
const longestP95 = 100 * time.Millisecond

func report(out io.Writer, o options, all []kind) {
	database := "SQLite"
	if o.postgres {
		database = "PostgreSQL"
	}
	fmt.Fprintf(out, "\n%s, %s, %s/%s, %d processors; %d devices, %d connections, %d requests of each kind\n\n",
		database, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.devices, o.connections, o.requests)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "page\titems\tp50\tp95\twanted below "+millis(longestP95))
	for _, k := range all {
		verdict := "yes"
		if k.slow() {
			verdict = "NO"
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\n", k.title(o), k.items, millis(quantile(k.latencies, 0.5)), millis(quantile(k.latencies, 0.95)), verdict)
	}
	_ = table.Flush() // printing has no one to report to
}

func (k kind) title(o options) string {
	if k.far {
		return fmt.Sprintf("%s, page %d", k.name, o.page)
	}
	return k.name
}

func (k kind) slow() bool { return quantile(k.latencies, 0.95) >= longestP95 }

// check names every kind of page that is too slow.
func check(all []kind) error {
	var errs []error
	for _, k := range all {
		if k.slow() {
			errs = append(errs, fmt.Errorf("%s: p95 is %s", k.name, millis(quantile(k.latencies, 0.95))))
		}
	}
	return errors.Join(errs...)
}

// quantile is the latency that this part of all requests stayed below.
func quantile(latencies []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(latencies))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
