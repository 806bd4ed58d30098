// Command symbolon is the service, its demo, and the command line of both.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

func main() {
	m := Main{Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(m.Run(context.Background()))
}

// What the process ends with.
const (
	exitOK = iota
	exitFailure
	exitUsage
)

// Main is one run of the program.
type Main struct {
	Args   []string
	Stdout io.Writer // what was asked for
	Stderr io.Writer // logs and complaints
}

// commands is the contents page of the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the service."`
	Demo    demoCommand    `cmd:"" help:"Run the service with an example bank in front of it."`
	App     appCommands    `cmd:"" help:"Manage apps."`
	OpenAPI openAPICommand `cmd:"" name:"openapi" help:"Print the API's description as YAML."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

const description = `Symbolon tells an app whether the device in front of it belongs to the user who claims it.

Exit codes: 0 is done, 1 is failed, 2 is a mistake in flags or settings.`

// usageError is a mistake in what the program was told to do.
type usageError struct{ error }

// Run does what the arguments say, until it is done or a signal comes, and gives the exit
// code. A second signal ends the process at once.
func (m *Main) Run(ctx context.Context) int {
	ctx, stop := untilSignal(ctx)
	defer stop()
	err := m.run(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(m.Stderr, "symbolon: %v\n", err)
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitOK // a signal came before there was anything to finish
	}
	fmt.Fprintf(m.Stderr, "symbolon: %v\n", err)
	return exitFailure
}

// untilSignal gives a context that the first signal ends. The second ends the process.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitFailure)
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

func (m *Main) run(ctx context.Context) error {
	helped := false
	parser, err := kong.New(&commands{},
		kong.Name("symbolon"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(m.Stdout, m.Stderr),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(m),
	)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(m.Args)
	switch {
	case helped:
		return nil
	case err != nil:
		return usageError{fmt.Errorf("%w; symbolon --help tells more", err)}
	}
	return parsed.Run()
}
