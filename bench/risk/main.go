// Command risk measures how well risk scores tell attackers from honest users, on the
// logins of a simulated year, beside the published model of Freeman et al. (NDSS 2016).
//
//	go run ./bench/risk                    the figures of bench/README.md: seeds 2 to 6
//	go run ./bench/risk -seed 1 -seeds 1   the seed on which points and weights were tuned
//	go run ./bench/risk -users 200         whether all of it still runs, in seconds
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/symbolon-id/symbolon/bench/risk/trial"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "risk:", err)
		os.Exit(1)
	}
}

func run(args []string, out, usage io.Writer) error {
	f := flag.NewFlagSet("risk", flag.ContinueOnError)
	f.SetOutput(usage)
	seed := f.Uint64("seed", 2, "the first seed; equal seeds give equal figures")
	seeds := f.Uint64("seeds", 5, "how many seeds, one after the other")
	users := f.Int("users", 2000, "users of one seed")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || *seeds < 1 || *users < 1 {
		return errors.New("it takes only flags; seeds and users must be at least 1")
	}
	var results []trial.Result
	for s := range *seeds {
		r, err := trial.Run(*seed+s, *users)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	trial.Report(out, results)
	return nil
}
