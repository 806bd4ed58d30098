package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/symbolon-id/symbolon"
)

type appCommands struct {
	Create appCreateCommand `cmd:"" help:"Create an app with its first credential."`
	List   appListCommand   `cmd:"" help:"List the apps."`
	Show   appShowCommand   `cmd:"" help:"Show an app."`
	Remove appRemoveCommand `cmd:"" help:"Remove an app with its devices, users and log."`
}

type appCreateCommand struct {
	remote `embed:""`
	output `embed:""`
	Name   string         `arg:"" help:"What people call the app."`
	ID     symbolon.AppID `name:"id" placeholder:"ID" help:"The app's id: 1 to 64 of a-z, 0-9, _ and -. Default: one is made up."`
	Origin []string       `placeholder:"ORIGIN" help:"A web origin whose pages may call the public operations, such as http://localhost:3000. May be repeated."`
}

func (c *appCreateCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin()
	if err != nil {
		return err
	}
	address, _ := c.address()
	awaitStart(ctx, address)
	made, err := service.CreateApp(ctx, symbolon.NewApp{ID: c.ID, Name: c.Name, Origins: c.Origin})
	if err != nil {
		return err
	}
	return c.one(m, made, func(w io.Writer) {
		printFacts(w, fmt.Sprintf("Created the app %q.", made.App.Name),
			fact{"App", string(made.App.ID)}, fact{"Origins", orNone(made.App.Origins)}, fact{"Key", made.Credential.Key})
		fmt.Fprintln(w, "\nThe key is the bearer of the app's backend. It is shown this once.")
	})
}

// startTime is how long a service that was just started may take until it listens.
const startTime = 5 * time.Second

// awaitStart waits while this machine refuses connections, as it does in a script between
// the line that starts the service and this one. What else is wrong the call will say.
func awaitStart(ctx context.Context, address string) {
	u, err := url.Parse(address)
	if err != nil || !onThisMachine(address) || u.Port() == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
		if err == nil {
			conn.Close()
		}
		if !isRefusal(err) {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// isRefusal knows the code of Windows too, which syscall names differently there.
func isRefusal(err error) bool {
	const windowsRefused = syscall.Errno(10061)
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, windowsRefused)
}

type appListCommand struct {
	remote `embed:""`
	output `embed:""`
}

func (c *appListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin()
	if err != nil {
		return err
	}
	now := time.Now()
	return printList(m, c.output, table[symbolon.App]{"apps", []column[symbolon.App]{
		{"app", func(a symbolon.App) string { return string(a.ID) }},
		{"name", func(a symbolon.App) string { return a.Name }},
		{"origins", func(a symbolon.App) string { return orNone(a.Origins) }},
		{"created", func(a symbolon.App) string { return ago(&a.CreatedAt, now) }},
	}}, service.Apps(ctx))
}

type appShowCommand struct {
	inApp  `embed:""`
	output `embed:""`
}

func (c *appShowCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	a, err := service.GetApp(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	return c.one(m, a, func(w io.Writer) {
		printFacts(w, a.Name, fact{"App", string(a.ID)}, fact{"Origins", orNone(a.Origins)}, fact{"Issuers", orNone(issuerNames(a))},
			fact{"Created", moment(&a.CreatedAt, now)}, fact{"Updated", moment(&a.UpdatedAt, now)})
	})
}

func issuerNames(a symbolon.App) (names []string) {
	for _, i := range a.Issuers {
		names = append(names, i.Issuer)
	}
	return names
}

type appRemoveCommand struct {
	remote    `embed:""`
	output    `embed:""`
	confirmed `embed:""`
	ID        symbolon.AppID `arg:"" name:"app" help:"The app's id."`
}

func (c *appRemoveCommand) Run(ctx context.Context, m *Main) error {
	service, err := inApp{remote: c.remote, App: c.ID}.admin(ctx)
	if err != nil {
		return err
	}
	a, err := service.GetApp(ctx)
	if err != nil {
		return err
	}
	if err := c.ask(ctx, m, "This removes the app %q (%s) with all its devices, users, credentials and its log.", a.Name, a.ID); err != nil {
		return err
	}
	if err := service.RemoveApp(ctx); err != nil {
		return err
	}
	return c.one(m, a, func(w io.Writer) { fmt.Fprintf(w, "Removed the app %q.\n", plain(a.Name)) })
}

func orNone[T ~string](list []T) string {
	if len(list) == 0 {
		return "none"
	}
	var texts []string
	for _, t := range list {
		texts = append(texts, string(t))
	}
	return strings.Join(texts, ", ")
}
