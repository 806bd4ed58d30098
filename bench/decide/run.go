package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// measured is what came of one kind, turn by turn.
type measured struct {
	kind
	rates     []float64       // requests per second
	costs     []time.Duration // of processors, for one request
	latencies []time.Duration // of all turns
	groups    float64         // writers that shared a commit, on average
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	h, err := open(ctx, o, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var all []*measured
	for _, k := range kinds(h, o) {
		if k.name == floorName || k.name == emptyName || strings.Contains(k.name, o.only) {
			all = append(all, &measured{kind: k})
		}
	}
	for round := range 1 + o.rounds {
		for _, m := range all {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := m.turn(o, round); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	report(out, o, all)
	return nil
}

// turn sends one slice of requests. The first round only warms up.
func (m *measured) turn(o options, round int) error {
	requests, err := m.prepare(o.requests)
	if err != nil {
		return err
	}
	if err := m.profile(o, round); err != nil {
		return err
	}
	before, err := m.look()
	if err != nil {
		return err
	}
	sent, err := m.on.Send(requests, rig.Expect(m.status, m.says))
	if err != nil {
		return err
	}
	if err := m.on.Settle(m.events * len(requests)); err != nil {
		return err
	}
	after, err := m.look()
	if err == nil && o.profiles != "" {
		err = m.on.Profile("")
	}
	if err != nil || round == 0 {
		return err
	}
	m.rates = append(m.rates, float64(len(requests))/sent.Took.Seconds())
	m.costs = append(m.costs, (after.cpu-before.cpu)/time.Duration(len(requests)))
	m.latencies = append(m.latencies, sent.Latencies...)
	if commits := after.commits - before.commits; commits > 0 {
		m.groups = (after.writers - before.writers) / commits
	}
	return nil
}

func (m *measured) profile(o options, round int) error {
	if o.profiles == "" {
		return nil
	}
	name := strings.ReplaceAll(strings.ReplaceAll(m.name, ",", ""), " ", "-")
	file, err := filepath.Abs(filepath.Join(o.profiles, fmt.Sprintf("%s.%d.pprof", name, round)))
	if err != nil {
		return err
	}
	return m.on.Profile(file)
}

// look is what the server has used and done so far.
type look struct {
	cpu              time.Duration
	writers, commits float64
}

func (m *measured) look() (l look, err error) {
	if l.cpu, err = rig.CPU(m.on.pids()...); err != nil {
		return l, err
	}
	if l.writers, err = m.on.Metric("symbolon_store_group_size_sum"); err != nil {
		return l, err
	}
	l.commits, err = m.on.Metric("symbolon_store_group_size_count")
	return l, err
}

func median[T float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// quantile is the latency that this part of all requests stayed below.
func quantile(latencies []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(latencies))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}
