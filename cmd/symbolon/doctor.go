package main

import (
	"context"
	"fmt"
	"io"

	"github.com/symbolon-id/symbolon/sqlstore"
)

type doctorCommand struct {
	settings `embed:""`
	output   `embed:""`
}

// health is how a check came out.
type health string

const (
	healthOK   health = "ok"
	healthWarn health = "warn"
	healthFail health = "fail"
)

// finding is a line of what the doctor says.
type finding struct {
	Check  string `json:"check"`
	Health health `json:"health"`
	Detail string `json:"detail"`
	Advice string `json:"advice,omitempty"`
}

// doctor looks at a service from the machine that it runs on, with the same settings.
type doctor struct {
	settings
	store   *sqlstore.Store // open only to read, or nil
	about   sqlstore.Report
	running bool // the service of the data folder answers
	found   []finding
}

func (d *doctor) say(check string, h health, advice, format string, args ...any) {
	d.found = append(d.found, finding{check, h, fmt.Sprintf(format, args...), advice})
}

func (d *doctor) ok(check, format string, args ...any) { d.say(check, healthOK, "", format, args...) }

func (d *doctor) warn(check, advice, format string, args ...any) {
	d.say(check, healthWarn, advice, format, args...)
}

func (d *doctor) fail(check, advice, format string, args ...any) {
	d.say(check, healthFail, advice, format, args...)
}

func (c *doctorCommand) Run(ctx context.Context, m *Main) error {
	d := &doctor{settings: c.settings}
	for _, look := range []func(context.Context){
		d.configuration, d.secrets, d.folder, d.database, d.clock, d.service,
		d.origins, d.issuers, d.adminProvider, d.publicAddress, d.proxies, d.places, d.disk,
	} {
		look(ctx)
	}
	if d.store != nil {
		defer d.store.Close()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return d.report(m, c.output)
}

func (d *doctor) report(m *Main, o output) error {
	failed := 0
	for _, f := range d.found {
		if f.Health == healthFail {
			failed++
		}
		err := o.one(m, f, func(w io.Writer) {
			fmt.Fprintf(w, "%-4s  %-14s  %s\n", f.Health, f.Check, plain(f.Detail))
			if f.Advice != "" {
				fmt.Fprintf(w, "%22s→ %s\n", "", plain(f.Advice))
			}
		})
		if err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s failed", count(failed, "check"))
	}
	return nil
}
