package guarantee_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// program is the built binary.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "symbolon-guarantee")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	program = filepath.Join(folder, "symbolon")
	build := exec.Command("go", "build", "-o", program, "github.com/symbolon-id/symbolon/cmd/symbolon")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building the program:", err)
		return 1
	}
	return m.Run()
}

const (
	secret   = "the secret of the guarantees of 32 bytes or more"
	adminKey = "the-admin-key-of-the-guarantees"
)

// place is where a service keeps things.
type place struct {
	folder   string // of SQLite
	database string // of PostgreSQL, instead
}

// onBoth runs the test on both databases.
func onBoth(t *testing.T, test func(*testing.T, place)) {
	t.Run("SQLite", func(t *testing.T) { test(t, place{folder: t.TempDir()}) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, place{database: pgtest.Database(t)}) })
}

// process is the program, and the service that it is.
type process struct {
	*symbolontest.Process
	*symbolontest.Service
}

// serve starts the program. All that serve one place speak under one name.
func serve(t *testing.T, at place) process {
	t.Helper()
	command := exec.Command(program, "serve", "--listen=127.0.0.1:0", "--public-url=http://symbolon.example",
		"--data="+at.folder, "--database="+at.database, "--public-rate=0", "--failure-rate=0", "--log-level=warn")
	command.Env = []string{"SYMBOLON_SECRET=" + secret, "SYMBOLON_ADMIN_KEY=" + adminKey}
	p, err := symbolontest.Launch(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the log of %s:\n%s", p.URL, p.Log())
		}
	})
	return process{p, symbolontest.Attach(t, p.URL, adminKey)}
}

func kill(t *testing.T, p process) {
	t.Helper()
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}

// registered is a new device of the user.
func registered(t *testing.T, app symbolontest.App, user symbolon.UserID) *symbolontest.Device {
	t.Helper()
	d := symbolontest.NewDevice(t, app, proof.ES256)
	if _, err := d.Register(t.Context(), app.Ticket(t, user)); err != nil {
		t.Fatal(err)
	}
	return d
}

// trusted is a new device that the user trusts.
func trusted(t *testing.T, app symbolontest.App, user symbolon.UserID) *symbolontest.Device {
	t.Helper()
	d := registered(t, app, user)
	if _, err := d.Trust(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func prove(t *testing.T, d *symbolontest.Device) string {
	t.Helper()
	p, err := d.Prove(t.Context(), symbolontest.Statement{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decide(t *testing.T, app symbolontest.App, user symbolon.UserID, compact string) symbolon.Decision {
	t.Helper()
	d, err := app.Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: user, Proof: compact})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// together runs f n times at once, and waits for all.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

// eventually asks again and again until it is so; a minute is for a slow machine.
func eventually(t *testing.T, what string, so func(context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		ok, err := so(ctx)
		if ok && err == nil {
			return
		}
		if err != nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s: %v", what, errors.Join(last, ctx.Err()))
		}
	}
}
