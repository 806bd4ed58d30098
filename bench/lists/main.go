// Command lists measures how long the pages of lists take in an app with a million devices
// of 300,000 users: in every order, the first page and the thousandth, by each filter, and
// by searches for what is rare and what is common. It asks the service over HTTP.
//
//	go run ./bench/lists            the figures of bench/README.md, on SQLite
//	go run ./bench/lists -postgres  the same on PostgreSQL
//	go run ./bench/lists -check     the same, and a failure where p95 is not below 100 ms
//	go run ./bench/lists -quick     whether all of it still runs, in seconds
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/symbolon-id/symbolon/bench/rig"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// options are what a run can be told.
type options struct {
	devices, requests int
	connections       int
	page              int // that is far from the first
	data              string
	postgres, check   bool
}

func main() { rig.Command[options]{Name: "lists", Parse: parse, Run: run}.Main() }

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var quick bool
	f := flag.NewFlagSet("lists", flag.ContinueOnError)
	f.SetOutput(out)
	f.BoolVar(&quick, "quick", false, "see in a few seconds that all of it runs; its figures say little")
	f.BoolVar(&o.check, "check", false, fmt.Sprintf("fail where p95 is not below %s", longestP95))
	f.BoolVar(&o.postgres, "postgres", false, "measure PostgreSQL instead of SQLite")
	f.IntVar(&o.devices, "devices", 1_000_000, "devices in the store, of three users to ten devices")
	f.IntVar(&o.requests, "requests", 200, "requests of each kind")
	f.IntVar(&o.connections, "connections", 2, "connections that ask at the same time")
	f.IntVar(&o.page, "page", 1000, "the page that is measured beside the first")
	f.StringVar(&o.data, "data", "", "a folder on the disk to measure; a temporary one where absent")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.devices, o.requests, o.page = 12_000, 20, 20
	}
	switch {
	case quick && o.check:
		return o, errors.New("-check needs a whole run; the figures of -quick say little")
	case f.NArg() > 0:
		return o, fmt.Errorf("it takes no arguments, only flags; got %s", strings.Join(f.Args(), " "))
	case o.devices < 10_000 || o.requests < 20 || o.connections < 1 || o.page < 4:
		return o, errors.New("devices must be at least 10,000, requests at least 20, connections at least 1, page at least 4")
	}
	return o, nil
}

// run fills a store, starts the server over it, and asks for one kind of page after the other.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	folder, err := os.MkdirTemp(o.data, "symbolon-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	where := sqlstore.Config{Path: filepath.Join(folder, "symbolon.db")}
	if o.postgres {
		server, url, err := pgtest.Durable()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		where = sqlstore.Config{URL: url}
	}
	if err := fill(ctx, where, o.devices, out); err != nil {
		return fmt.Errorf("filling the store: %w", err)
	}
	process, err := rig.Start(ctx, where, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, process.Stop()) }()
	load, err := rig.Dial(process.Address, o.connections)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, load.Close()) }()
	all, err := measure(ctx, o, load)
	if err != nil {
		return err
	}
	report(out, o, all)
	if o.check {
		return check(all)
	}
	return nil
}
