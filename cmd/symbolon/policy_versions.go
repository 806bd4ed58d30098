package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

type policyVersionsCommand struct {
	inApp  `embed:""`
	output `embed:""`
	Limit  int `short:"n" default:"20" placeholder:"N" help:"At most this many, 0 for all. Default: ${default}."`
}

func (c *policyVersionsCommand) Run(ctx context.Context, m *Main) error {
	if c.Limit < 0 {
		return invalid("limit", "must not be negative; got %d", c.Limit)
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	return printList(m, c.output, table[symbolon.PolicyVersion]{"versions", []column[symbolon.PolicyVersion]{
		{"version", func(v symbolon.PolicyVersion) string { return strconv.FormatInt(v.Version, 10) }},
		{"put", func(v symbolon.PolicyVersion) string { return ago(&v.At, now) }},
		{"by", func(v symbolon.PolicyVersion) string { return v.By }},
	}}, first(c.Limit, service.PolicyVersions(ctx)))
}

type policyRulesCommand struct {
	inApp  `embed:""`
	output `embed:""`
}

func (c *policyRulesCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	list, err := service.ListRules(ctx)
	if err != nil {
		return err
	}
	type rule = symbolon.RuleUse
	return printList(m, c.output, table[rule]{"rules", []column[rule]{
		{"priority", func(r rule) string { return strconv.Itoa(r.Priority) }},
		{"rule", func(r rule) string { return r.Name }},
		{"mode", func(r rule) string { return string(r.Mode) }},
		{"recommends", func(r rule) string { return string(r.Recommend) }},
		{"held", func(r rule) string { return strconv.FormatInt(r.Matches, 10) }},
		{"when", func(r rule) string { return r.When }},
	}}, each(list.Items))
}

type policySimulateCommand struct {
	proposedPolicy
	output `embed:""`
	Days   int `default:"7" placeholder:"N" help:"How many days back, 1 to 90. Default: ${default}."`
}

func (c *policySimulateCommand) Run(ctx context.Context, m *Main) error {
	document, service, err := c.open(ctx, m)
	if err != nil {
		return err
	}
	bar := m.newProgress("simulated", 100)
	bar.percent = true
	out, err := service.SimulatePolicy(ctx, symbolon.SimulationRequest{Policy: document, Days: c.Days}, func(p symbolon.SimulationProgress) {
		bar.at(int64(p.Percent))
	})
	bar.end()
	if err != nil {
		return err
	}
	return c.one(m, out, func(w io.Writer) { printSimulation(w, out) })
}

func printSimulation(w io.Writer, s symbolon.Simulation) {
	fmt.Fprintf(w, "%s from %s to %s:\n\n", count(int(s.Decisions), "decision"), s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339))
	grid := [][]string{{"", "TRUST", "ALLOW", "CHALLENGE", "DENY", "NO 2ND FACTOR", "TRUST LOST"}}
	for _, row := range []struct {
		name string
		of   symbolon.SimulatedAnswers
	}{{"answered then", s.Recorded}, {"present policy", s.Present}, {"proposed policy", s.Proposed}} {
		cells := []string{row.name}
		for _, n := range []int64{row.of.Trust, row.of.Allow, row.of.Challenge, row.of.Deny, row.of.Skipped, row.of.Losses} {
			cells = append(cells, strconv.FormatInt(n, 10))
		}
		grid = append(grid, cells)
	}
	grid[1][len(grid[1])-1] = "-"      // it is not recorded as such
	io.WriteString(w, layOut(grid, 0)) //nolint:errcheck // a builder takes all
	fmt.Fprintf(w, "\n%s would be answered differently.\n", count(int(s.Changed), "decision"))
	for _, id := range s.Proposed.Distrusted {
		fmt.Fprintf(w, "Trust would be lost on %s\n", plain(string(id)))
	}
	if s.Limits.Users > 0 {
		fmt.Fprintf(w, "%s above the device limit, by %s in all.\n", count(int(s.Limits.Users), "user"), count(int(s.Limits.Devices), "device"))
	}
	if s.Gone > 0 {
		fmt.Fprintf(w, "%s of devices that are gone, not counted.\n", count(int(s.Gone), "decision"))
	}
	if s.Truncated || s.Limits.Truncated {
		fmt.Fprintln(w, "Not all was read: one run is bounded. Take fewer days.")
	}
}
