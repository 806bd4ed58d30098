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
	_ "time/tzdata" // a place's time zone is known on a machine without zones too

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

func main() {
	m := Main{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(m.Run(context.Background()))
}

// Main is one run of the program.
type Main struct {
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer // what was asked for
	Stderr io.Writer // logs and complaints
}

// commands is the contents page of the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the service."`
	Demo    demoCommand    `cmd:"" help:"Run the service with an example bank in front of it."`
	Doctor  doctorCommand  `cmd:"" help:"Check a service's settings and surroundings, and say what to do."`
	Backup  backupCommand  `cmd:"" help:"Copy a service's database and key file while it runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup in the place of a service's data."`
	Secret  secretCommands `cmd:"" help:"Manage the service's secret."`

	App        appCommands        `cmd:"" help:"Manage apps."`
	Admin      adminCommands      `cmd:"" help:"Manage the people who administer Symbolon."`
	Credential credentialCommands `cmd:"" help:"Manage the bearers of backends and admins."`
	Issuer     issuerCommands     `cmd:"" help:"Manage the OpenID providers that say who an app's users are."`
	Policy     policyCommands     `cmd:"" help:"Manage an app's policy."`
	Device     deviceCommands     `cmd:"" help:"Manage an app's devices."`
	User       userCommands       `cmd:"" help:"Manage all that is kept of a user."`
	Incident   incidentCommands   `cmd:"" help:"Distrust or block all devices that something has befallen."`
	Events     eventCommands      `cmd:"" help:"Read an app's log."`
	Import     importCommands     `cmd:"" help:"Take in records of an earlier system."`
	Audit      auditCommands      `cmd:"" help:"Audit the log."`

	OpenAPI    openAPICommand    `cmd:"" name:"openapi" help:"Print the API's description as YAML."`
	Completion completionCommand `cmd:"" help:"Print what completes commands in a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"Print how a command line may go on."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

const description = `Symbolon tells an app whether the device in front of it belongs to the user who claims it.

Exit codes: 0 is done, 1 is failed, 2 is a mistake in flags, settings or values, 3 is not found, 4 is refused, 5 is that the service or its database can't be reached for now.`

// errInterrupted is the end of a command that a signal ended before it was done.
var errInterrupted = errors.New("interrupted")

// Run does what the arguments say, until it is done or a signal comes, and gives the exit
// code. A second signal ends the process at once.
func (m *Main) Run(ctx context.Context) int {
	ctx, stop := untilSignal(ctx)
	defer stop()
	err := m.run(ctx)
	if err == nil {
		return exitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	fmt.Fprintf(m.Stderr, "symbolon: %s\n", inWords(err))
	return exitCode(err)
}

// stoppedInTime is for commands that go on until a signal comes: one that comes before
// they began leaves nothing to finish.
func stoppedInTime(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
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
	parser, err := m.parser(ctx, func(int) { helped = true })
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

// parser is the command line, with examples in the help of each command.
func (m *Main) parser(ctx context.Context, exit func(int)) (*kong.Kong, error) {
	parser, err := kong.New(&commands{},
		kong.Name("symbolon"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(m.Stdout, m.Stderr), kong.Vars{"default_url": defaultURL},
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(m),
	)
	if err != nil {
		return nil, err
	}
	for _, leaf := range parser.Model.Leaves(true) {
		leaf.Detail = withExamples(leaf.Detail, examples[leaf.Path()])
	}
	return parser, nil
}
