package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// confirmed is for commands that can't be undone.
type confirmed struct {
	Yes bool `short:"y" help:"Do it without asking; needed where no terminal is there to ask on."`
}

// errDeclined is the end of a command that a person thought better of.
var errDeclined = errors.New("nothing was done")

// ask makes sure that it is meant. A signal while it asks is a no.
func (c confirmed) ask(ctx context.Context, m *Main, format string, args ...any) error {
	if c.Yes {
		return nil
	}
	in, ok := m.Stdin.(*os.File)
	if !ok || !isTerminal(in) {
		return invalid("yes", "must be given: this can't be undone, and there is no terminal to ask on")
	}
	fmt.Fprintf(m.Stderr, "%s\nType yes to go on: ", plain(fmt.Sprintf(format, args...)))
	answered := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n') // what is cut short is no yes
		answered <- line
	}()
	select {
	case line := <-answered:
		if strings.TrimSpace(line) == "yes" {
			return nil
		}
	case <-ctx.Done():
		fmt.Fprintln(m.Stderr)
	}
	return errDeclined
}
