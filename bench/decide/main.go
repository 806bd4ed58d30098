// Command decide measures what a decision costs beside the floor of what it could cost:
// one HTTP exchange and one signature check. All that it compares is measured in turns
// on one machine, so that what disturbs one disturbs all.
//
//	go run ./bench/decide                    the figures of bench/README.md
//	go run ./bench/decide -quick             whether all of it still runs, in seconds
//	go run ./bench/decide -devices 1000000   the same, with many devices
package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// options are what a run can be told.
type options struct {
	rounds, requests int
	connections      int
	devices          int
	data             string
	only             string
	profiles         string
	sqliteOnly       bool
}

func main() { rig.Command[options]{Name: "decide", Parse: parse, Run: run}.Main() }

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var quick bool
	f := flag.NewFlagSet("decide", flag.ContinueOnError)
	f.SetOutput(out)
	f.BoolVar(&quick, "quick", false, "see in a few seconds that all of it runs; its figures say little")
	f.IntVar(&o.rounds, "rounds", 7, "how often each kind of request has its turn")
	f.IntVar(&o.requests, "requests", 8000, "requests in one turn")
	f.IntVar(&o.connections, "connections", 32, "connections that ask at the same time")
	f.IntVar(&o.devices, "devices", 10_000, "devices in each store")
	f.StringVar(&o.data, "data", "", "a folder on the disk to measure; a temporary one where absent")
	f.StringVar(&o.only, "only", "", "measure only what has this in its name, and the floor")
	f.StringVar(&o.profiles, "profiles", "", "a folder for a CPU profile of each turn, which it slows")
	f.BoolVar(&o.sqliteOnly, "sqlite-only", false, "leave PostgreSQL out")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.rounds, o.requests, o.devices = 1, 500, 500
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("it takes no arguments, only flags; got %s", strings.Join(f.Args(), " "))
	case o.rounds < 1 || o.requests < o.connections || o.connections < 1 || o.devices < rig.DevicesPerUser:
		return o, fmt.Errorf("rounds and connections must be at least 1, requests at least connections, devices at least %d", rig.DevicesPerUser)
	}
	return o, nil
}
