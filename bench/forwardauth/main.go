// Command forwardauth measures what a proxy's question costs beside an empty handler on
// the same server: the same middleware, the same headers, nothing done. Both have their
// turns in one run on one machine, so that what disturbs one disturbs the other.
//
//	go run ./bench/forwardauth          the figures of bench/README.md
//	go run ./bench/forwardauth -check   the same, and a failure where they are not as wanted
//	go run ./bench/forwardauth -quick   whether all of it still runs, in seconds
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
	"github.com/symbolon-id/symbolon/sqlstore"
)

// options are what a run can be told.
type options struct {
	rounds, requests int
	connections      int
	devices, passes  int
	data             string
	profiles         string
	check            bool
}

func main() { rig.Command[options]{Name: "forwardauth", Parse: parse, Run: run}.Main() }

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var quick bool
	f := flag.NewFlagSet("forwardauth", flag.ContinueOnError)
	f.SetOutput(out)
	f.BoolVar(&quick, "quick", false, "see in a few seconds that all of it runs; its figures say little")
	f.BoolVar(&o.check, "check", false, fmt.Sprintf("fail where the ratio is below %.2f or p99 not below %s", leastRatio, millis(longestP99)))
	f.IntVar(&o.rounds, "rounds", 7, "how often each kind of request has its turn")
	f.IntVar(&o.requests, "requests", 40_000, "requests in one turn")
	f.IntVar(&o.connections, "connections", 32, "connections that ask at the same time")
	f.IntVar(&o.devices, "devices", 10_000, "devices in the store")
	f.IntVar(&o.passes, "passes", 1000, "devices whose browsers ask")
	f.StringVar(&o.data, "data", "", "a folder on the disk to measure; a temporary one where absent")
	f.StringVar(&o.profiles, "profiles", "", "a folder for a CPU profile of each turn, which it slows")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.rounds, o.requests, o.devices, o.passes = 1, 2000, 500, 100
	}
	switch {
	case quick && o.check:
		return o, errors.New("-check needs a whole run; the figures of -quick say little")
	case f.NArg() > 0:
		return o, fmt.Errorf("it takes no arguments, only flags; got %s", strings.Join(f.Args(), " "))
	case o.rounds < 1 || o.connections < 1 || o.requests < o.connections || o.passes < 2 || o.devices < o.passes:
		return o, errors.New("rounds and connections must be at least 1, requests at least connections, passes at least 2, devices at least passes")
	}
	return o, nil
}

// run fills a store, starts the server over it, and lets the kinds have their turns. Then
// it blocks a device while its browser asks.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	folder, err := os.MkdirTemp(o.data, "symbolon-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	where := sqlstore.Config{Path: filepath.Join(folder, "symbolon.db")}
	if err := rig.Fill(ctx, where, o.devices, func(int) {}); err != nil {
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
	err = blockMeanwhile(o, process.Address, out)
	if o.check {
		err = errors.Join(err, check(all[0], all[1]))
	}
	return err
}
