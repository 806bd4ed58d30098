package rig

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// Command is the whole of a benchmark's program: what it can be told, and what it does then.
// An interrupt ends it in order.
type Command[Options any] struct {
	Name  string
	Parse func(args []string, out io.Writer) (Options, error)
	Run   func(ctx context.Context, o Options, out io.Writer) error
}

// Main does a server's part where this process was started for that, else the benchmark.
func (c Command[Options]) Main() {
	Main()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := c.Parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = c.Run(ctx, o, os.Stdout)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", c.Name, err)
		os.Exit(1)
	}
}
