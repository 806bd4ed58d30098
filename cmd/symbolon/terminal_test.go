package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// screen is a command on a terminal.
type screen struct {
	t       *testing.T
	command *exec.Cmd
	write   func(string)
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
	ended   chan struct{}
}

func onTerminal(t *testing.T, columns uint16, command *exec.Cmd) *screen {
	t.Helper()
	s := &screen{t: t, command: command, changed: make(chan struct{}, 1), ended: make(chan struct{})}
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	s.write = func(text string) {
		if _, err := terminal.WriteString(text); err != nil {
			t.Error(err)
		}
	}
	go func() {
		defer close(s.ended)
		defer terminal.Close()
		for buf := make([]byte, 4096); ; {
			n, err := terminal.Read(buf)
			s.mu.Lock()
			s.text.Write(buf[:n])
			s.mu.Unlock()
			select {
			case s.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return // the command's side was closed
			}
		}
	}()
	return s
}

func (s *screen) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ReplaceAll(s.text.String(), "\r\n", "\n")
}

// await waits until the text is on the screen.
func (s *screen) await(text string) {
	s.t.Helper()
	for !strings.Contains(s.shown(), text) {
		if !within(s.changed) {
			s.t.Fatalf("waited in vain for %q; the screen shows\n%s", text, s.shown())
		}
	}
}

// end waits for the end of the command, and gives all it showed, and its exit code.
func (s *screen) end() (shown string, code int) {
	s.t.Helper()
	await(s.t, "the end", s.ended)
	var exit *exec.ExitError
	if err := s.command.Wait(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return s.shown(), s.command.ProcessState.ExitCode()
}

// acme is a service with an app and a device of alice's with a long name.
func acme(t *testing.T, folder string) *client.Client {
	t.Helper()
	service := symbolontest.Attach(t, serve(t, folder).URL, adminKey)
	made, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	app := service.App(made.App.ID, made.Credential.Key)
	_, err = symbolontest.NewDevice(t, app, proof.ES256).RegisterAs(t.Context(), app.Ticket(t, "alice"), symbolon.Registration{
		DeviceName: "田中さんの古い仕事用ノートパソコン at home, in the kitchen", DeviceType: symbolon.TypeLaptop, Platform: symbolon.PlatformOther,
	})
	if err != nil {
		t.Fatal(err)
	}
	return app.Admin
}

func TestATableFitsItsTerminal(t *testing.T) {
	folder := t.TempDir()
	acme(t, folder)
	for _, columns := range []uint16{60, 80, 250} {
		shown, code := onTerminal(t, columns, program(t, "device", "list", "--data", folder)).end()
		lines := strings.Split(strings.TrimRight(shown, "\n"), "\n")
		if code != exitOK || len(lines) != 2 || !strings.HasPrefix(lines[0], "DEVICE ") {
			t.Fatalf("at %d columns it ended with %d and showed\n%s", columns, code, shown)
		}
		for _, line := range lines {
			if width := textWidth(line); width > int(columns) {
				t.Errorf("at %d columns a line has %d:\n%s", columns, width, line)
			}
		}
		if got := strings.Contains(shown, ellipsis); got != (columns < 200) {
			t.Errorf("at %d columns cells are cut: %v\n%s", columns, got, shown)
		}
		if user, device := textWidth(before(lines[0], "USER")), textWidth(before(lines[1], "ali")); user != device {
			t.Errorf("at %d columns the second column begins at %d and %d:\n%s", columns, user, device, shown)
		}
	}
	shown, _ := onTerminal(t, 80, program(t, "device", "list", "--data", folder, "--json")).end()
	if !strings.HasPrefix(shown, "{") {
		t.Errorf("--json on a terminal shows\n%s", shown)
	}
}

func before(line, part string) string {
	text, _, _ := strings.Cut(line, part)
	return text
}

func TestLongWorkShowsABarOnATerminal(t *testing.T) {
	folder := t.TempDir()
	acme(t, folder)
	shown, code := onTerminal(t, 120, program(t, "import", "trusted-devices", manyRecords(t, 600), "--data", folder)).end()
	bar := fmt.Sprintf("\r\x1b[Kimporting  %s  100%%  600 of 600", strings.Repeat("█", barWidth))
	if code != exitOK || !strings.Contains(shown, bar) || !strings.HasSuffix(shown, "\r\x1b[KImported 600 records; 0 were there already.\n") {
		t.Errorf("it ended with %d and showed\n%q", code, shown)
	}
}

func TestWhatCantBeUndoneIsAskedOnATerminal(t *testing.T) {
	folder := t.TempDir()
	admin := acme(t, folder)
	const question = "This removes the app \"Acme\" (acme) with all its devices, users, credentials and its log.\nType yes to go on: "
	for _, step := range []struct {
		answer string
		code   int
		said   string
	}{
		{"no\n", exitFailure, "symbolon: nothing was done\n"},
		{"\n", exitFailure, "symbolon: nothing was done\n"},
		{"\x03", exitFailure, "symbolon: nothing was done\n"}, // Ctrl-C
		{"yes\n", exitOK, "Removed the app \"Acme\".\n"},
	} {
		if _, err := admin.GetApp(t.Context()); err != nil {
			t.Fatalf("before the answer %q: %v", step.answer, err)
		}
		s := onTerminal(t, 120, program(t, "app", "remove", "acme", "--data", folder))
		s.await(question)
		s.write(step.answer)
		if shown, code := s.end(); code != step.code || !strings.HasSuffix(shown, step.said) {
			t.Errorf("after %q it ended with %d and showed\n%s", step.answer, code, shown)
		}
	}
	if _, err := admin.GetApp(t.Context()); !errors.Is(err, symbolon.ErrNotFound) {
		t.Errorf("after yes the app is there: %v", err)
	}
}
