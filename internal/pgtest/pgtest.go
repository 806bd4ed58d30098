//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL that only this test process uses.
type Server struct {
	bin    string
	folder string
	port   string
	owner  *syscall.SysProcAttr
	alive  io.Closer // once it is closed, a watcher stops the server and removes its folder

	settings string // beside where it listens
}

var shared struct {
	sync.Once
	server *Server
	err    error
}

var databases atomic.Int64

// Database makes an empty database on the server that all tests of the binary share,
// and gives its URL.
func Database(t testing.TB) string {
	t.Helper()
	shared.Do(func() { shared.server, shared.err = start(hasty) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server.Database(t)
}

// Start starts a server for one test, which may stop it.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(hasty)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.alive.Close() }) // nothing hangs on it
	return s
}

// Database makes an empty database and gives its URL. It is dropped after the test.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	if err := s.admin("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.admin("DROP DATABASE " + name + " WITH (FORCE)") // the server may be stopped by now
	})
	return s.url(name)
}

// Stop stops the server at once, as a crash of it would: connections break.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.run("pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop"); err != nil {
		t.Fatal(err)
	}
}

// Restart starts the server again after [Server.Stop].
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.launch(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) url(database string) string {
	q := url.Values{"host": {s.folder}, "port": {s.port}}
	return (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: q.Encode()}).String()
}

func (s *Server) admin(sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// hasty are the settings of tests, which outlive no crash of the machine.
const hasty = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB"

func start(settings string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, settings: settings}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.watch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	err = s.run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D", s.data())
	if err == nil {
		err = s.launch()
	}
	if err != nil {
		return nil, errors.Join(err, s.alive.Close())
	}
	return s, nil
}

// binaries finds the folder of the newest PostgreSQL.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	sort.Slice(found, func(i, j int) bool { return version(found[i]) < version(found[j]) })
	if len(found) == 0 {
		return "", errors.New("these tests need PostgreSQL (initdb, pg_ctl, postgres): run `make setup-test`")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // a name that is no number counts as the oldest
	return n
}

// prepare makes the server's folder. PostgreSQL refuses to run as root, so root hands
// it to the user that the system's package made.
func (s *Server) prepare() (err error) {
	if s.folder, err = os.MkdirTemp("", "pgtest"); err != nil {
		return err
	}
	s.owner = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the terminal is for the tests
	if os.Geteuid() != 0 {
		return s.pickPort()
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root and there is no user postgres: run `make setup-test`: %w", err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // on unix, both are numbers
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	s.owner.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(s.folder, int(uid), int(gid)); err != nil {
		return err
	}
	return s.pickPort()
}

func (s *Server) pickPort() error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, s.port, err = net.SplitHostPort(l.Addr().String())
	return errors.Join(err, l.Close())
}

// watch starts a process that waits until its input closes, which the system does when
// this process ends, and then stops the server and removes its folder.
func (s *Server) watch() error {
	script := `cat >/dev/null; "$1" -D "$2/data" -m immediate -w stop; rm -rf "$2"`
	watcher := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", filepath.Join(s.bin, "pg_ctl"), s.folder)
	watcher.SysProcAttr, watcher.Dir = s.owner, "/"
	input, err := watcher.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = input
	if err := watcher.Start(); err != nil {
		return err
	}
	go watcher.Wait() //nolint:errcheck // only so that no zombie stays
	return nil
}

func (s *Server) launch() error {
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%s -c unix_socket_directories='%s' "+
		"-c autovacuum=off -c max_connections=300 %s", s.port, s.folder, s.settings)
	return s.run("pg_ctl", "-D", s.data(), "-l", filepath.Join(s.folder, "log"), "-o", options, "-w", "-t", "60", "start")
}

// run runs one of PostgreSQL's programs to its end. Its output goes to a file, since the
// server inherits it and would hold a pipe open.
func (s *Server) run(program string, args ...string) error {
	out, err := os.OpenFile(filepath.Join(s.folder, program+".out"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	command := exec.CommandContext(context.Background(), filepath.Join(s.bin, program), args...)
	command.SysProcAttr, command.Dir, command.Stdout, command.Stderr = s.owner, "/", out, out
	if err := command.Run(); err != nil {
		said, _ := os.ReadFile(out.Name()) // what there is of it
		log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
		return fmt.Errorf("%s: %w\n%s%s", program, err, said, log)
	}
	return nil
}
