package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/pprof"

	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// child is what a server in a process of its own is told, as JSON in a variable.
type child struct {
	Path  string // of SQLite
	URL   string // of PostgreSQL
	Floor int    // keys that the floor holds, or 0 for no floor
}

const childVariable = "SYMBOLON_BENCH_CHILD"

// Main does a server's part and ends the process, if this one was started for that.
// Programs and tests that call [Start] call it first.
func Main() {
	text := os.Getenv(childVariable)
	if text == "" {
		return
	}
	var c child
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = c.serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the server under test:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve puts the service together as `symbolon serve` does, but for the limit of rates,
// says its address, and serves until its input ends, which it does with its parent.
func (c child) serve() error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(nowhere, nil)) // each line is made and written, as it would be
	metrics := server.NewMetrics()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: c.Path, URL: c.URL, Observer: metrics})
	if err != nil {
		return err
	}
	r, err := registry.New(registry.Config{
		Store: store, Secrets: [][]byte{[]byte(secret)},
		PublicURL: "http://127.0.0.1", Log: log, Metrics: metrics,
	})
	if err != nil {
		return errors.Join(err, store.Close())
	}
	s := server.New(server.Config{
		Registry: r, Limits: server.Limits{PublicRate: -1}, Log: log, Metrics: metrics,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // the load's process is one
	})
	s.Handle(nothingPath, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if c.Floor > 0 {
		addFloor(s, c.Floor)
	}
	s.Handle("POST /bench/profile", http.HandlerFunc(profile))
	return errors.Join(c.run(ctx, stop, s, r), store.Close())
}

func (c child) run(ctx context.Context, stop func(), s *server.Server, r *registry.Registry) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // whatever ends it, the parent is gone
		stop()
	}()
	background := make(chan error, 1)
	go func() { background <- r.Run(ctx) }()
	return errors.Join(s.Serve(ctx, l), <-background)
}

// profile begins to write a CPU profile into the file that the query names, or ends it
// where it names none.
func profile(w http.ResponseWriter, r *http.Request) {
	pprof.StopCPUProfile()
	name := r.URL.Query().Get("file")
	if name == "" {
		return
	}
	f, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
