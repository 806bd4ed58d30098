package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite" // to make a schema that no program knows

	"github.com/symbolon-id/symbolon/symbolontest"
)

// program is the command, with an environment of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("symbolon")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, args...)
	command.Env = []string{"SYMBOLON_ADMIN_KEY=" + adminKey}
	return command
}

func serve(t *testing.T, folder string, more ...string) *symbolontest.Process {
	t.Helper()
	p, err := symbolontest.Launch(program(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", folder}, more...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() }) //nolint:errcheck // it may have ended
	return p
}

func await(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	if !within(c) {
		t.Fatalf("waited in vain for %s", what)
	}
}

// halfARequest is a request that the service has begun to read.
type halfARequest struct {
	conn net.Conn
	rest string
}

func beginRequest(t *testing.T, p *symbolontest.Process) halfARequest {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	const body = `{"name":"Begun before the signal"}`
	_, err = fmt.Fprintf(conn, "POST /v1/apps HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", adminKey, len(body))
	if err != nil {
		t.Fatal(err)
	}
	// The service asks for the body once its handler reads it.
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the service answered %q, %v; want 100 Continue", line, err)
	}
	return halfARequest{conn, body}
}

func (h halfARequest) finish(t *testing.T) int {
	t.Helper()
	if _, err := io.WriteString(h.conn, h.rest); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(h.conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if after, ok := strings.CutPrefix(line, "HTTP/1.1 "); ok {
			var status int
			_, err := fmt.Sscan(after, &status)
			if err != nil {
				t.Fatal(err)
			}
			return status
		}
	}
}

func TestASignalLetsARequestThatWasBegunFinish(t *testing.T) {
	folder := t.TempDir()
	p := serve(t, folder)
	begun := beginRequest(t, p)
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the log to say that it stops", p.Logged("stopping"))
	if status := begun.finish(t); status != http.StatusCreated {
		t.Errorf("the request that was begun was answered %d; want 201", status)
	}
	await(t, "the end", p.Ended())
	if code := p.Wait(); code != exitOK {
		t.Errorf("it ended with %d; want 0. Its log:\n%s", code, p.Log())
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://")); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
	again := symbolontest.Attach(t, serve(t, folder).URL, adminKey)
	for app, err := range again.Admin.Apps(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if app.Name != "Begun before the signal" {
			t.Errorf("found the app %q", app.Name)
		}
		return
	}
	t.Error("what the request made is not there after a restart")
}

func TestASecondSignalEndsItAtOnce(t *testing.T) {
	p := serve(t, t.TempDir())
	beginRequest(t, p) // and never finish it
	if err := p.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	await(t, "the log to say that it stops", p.Logged("stopping"))
	if err := p.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	await(t, "the end", p.Ended())
	if code := p.Wait(); code != exitFailure || strings.Contains(p.Log(), "stopped") {
		t.Errorf("it ended with %d; want 1, without an end to the request. Its log:\n%s", code, p.Log())
	}
}

func TestAnInterruptEndsAStartThatHangs(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // a database that never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	command := program(t, "serve", "--listen", "127.0.0.1:0", "--database", "postgres://me@"+mute.Addr().String()+"/x?sslmode=disable")
	command.Env = append(command.Env, "SYMBOLON_SECRET=a secret of 32 bytes or a few more")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Process.Kill() //nolint:errcheck // it should have ended
	conn, err := mute.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { command.Wait(); close(ended) }() //nolint:errcheck // its code is looked at
	await(t, "the end", ended)
	if code := command.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("it ended with %d; want 0: it did what it was told", code)
	}
}

func TestATakenPortIsSaidToBe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	out, err := program(t, "serve", "--listen", address, "--data", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the address "+address+" is taken by another program; choose another with --listen") {
		t.Errorf("it ended with %v and said %q", err, out)
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	folder := t.TempDir()
	first := serve(t, folder)
	if err := first.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the end", first.Ended())
	db, err := sql.Open("sqlite", filepath.Join(folder, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := program(t, "serve", "--listen", "127.0.0.1:0", "--data", folder).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "version 9999") || !strings.Contains(string(out), "newer") {
		t.Errorf("it ended with %v and said %q", err, out)
	}
}

func TestExitCodesTellMistakesFromFailures(t *testing.T) {
	p := serve(t, t.TempDir())
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"version"}, exitOK},
		{[]string{"--help"}, exitOK},
		{[]string{}, exitUsage},
		{[]string{"serve", "--no-such-flag"}, exitUsage},
		{[]string{"serve", "--listen", "nowhere"}, exitUsage},
		{[]string{"serve", "--config", "no-such-file"}, exitUsage},
		{[]string{"serve", "--geoip.city", "no-such-file"}, exitUsage},
		{[]string{"serve", "--database", "postgres://localhost/x"}, exitUsage}, // no secret
		{[]string{"app", "create", "Acme", "--url", "http://127.0.0.1:1"}, exitUnavailable},
		{[]string{"app", "create", "Acme", "--url", p.URL, "--id", "No Id"}, exitUsage},
		{[]string{"device", "show", "d", "--url", p.URL}, exitNotFound}, // there is no app
		{[]string{"device", "show", "d", "--url", p.URL, "--app", "nope"}, exitNotFound},
		{[]string{"app", "list", "--url", p.URL, "--key", "sk_nobodys"}, exitRefused},
		{[]string{"audit", "verify", "--backup", "nowhere"}, exitUsage},
		{[]string{"backup", "copy", "--data", "nowhere"}, exitUsage},
		{[]string{"import", "trusted-devices", "no-such-file", "--url", p.URL}, exitUsage},
	} {
		command := program(t, c.args...)
		command.Dir = t.TempDir()
		out, _ := command.CombinedOutput() // its code is looked at
		if got := command.ProcessState.ExitCode(); got != c.want {
			t.Errorf("symbolon %s ended with %d; want %d. It said:\n%s", strings.Join(c.args, " "), got, c.want, out)
		}
	}
}

func TestAFreshDataFolderIsForItsOwnerAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "data")
	serve(t, folder)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 4 {
		t.Fatalf("the folder holds %v, %v", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %04o; want 0600", e.Name(), mode)
		}
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v; want 0700", info.Mode().Perm(), err)
	}
}
