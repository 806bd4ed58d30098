package main

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"
)

func report(out io.Writer, o options, all []*measured) {
	fmt.Fprintf(out, "%s, %s/%s, %d processors; %d devices, %d connections, %d rounds of %d requests each, medians\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.devices, o.connections, o.rounds, o.requests)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\treq/s\tratio\twanted\tCPU/req\tCPU ratio\tp50\tp99\tgroup")
	byName := map[string]*measured{}
	for _, m := range all {
		byName[m.name] = m
		m.line(table, byName[m.beside])
	}
	_ = table.Flush() // printing has no one to report to
	fmt.Fprintln(out, "\nratio is of requests per second, CPU ratio of processor time; both to the floor, of a challenge to the empty handler.")
	fmt.Fprintln(out, "CPU/req is the server's, on PostgreSQL with the database's processes; sealing is in it. group is the writers that share a commit.")
}

func (m *measured) line(out io.Writer, beside *measured) {
	cost := median(m.costs)
	ratio, wanted, costRatio, group := "", "", "", ""
	if beside != nil {
		ratio = fmt.Sprintf("%.2f", median(quotients(m.rates, beside.rates)))
		if cost > 0 {
			costRatio = fmt.Sprintf("%.2f", float64(median(beside.costs))/float64(cost))
		}
	}
	if m.least > 0 {
		wanted = fmt.Sprintf("≥ %.2f", m.least)
	}
	if m.aim > 0 {
		wanted += fmt.Sprintf(", aim %.2f", m.aim)
	}
	if m.groups > 0 {
		group = fmt.Sprintf("%.1f", m.groups)
	}
	fmt.Fprintf(out, "%s\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.name, median(m.rates), ratio, wanted,
		micros(cost), costRatio, millis(quantile(m.latencies, 0.5)), millis(quantile(m.latencies, 0.99)), group)
}

// quotients are the turns of one kind over those of another in the same round.
func quotients(a, b []float64) []float64 {
	q := make([]float64, len(a))
	for i := range a {
		q[i] = a[i] / b[i]
	}
	return q
}

func micros(d time.Duration) string {
	return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
