// Command faultserver is a real Symbolon on a throwaway database, with [symbolontest.Faults]
// before it: what the tests of the SDKs talk to. It prints one line of JSON with its address
// and its admin's bearer, and ends when its standard input does. With -keep-alive it keeps
// connections open: a browser then resends by itself what was lost on one.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
	"github.com/symbolon-id/symbolon/symbolontest"
)

func main() {
	keepAlive := flag.Bool("keep-alive", false, "keep connections open between requests")
	flag.Parse()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // its end is all that matters
		stop()
	}()
	if err := run(ctx, *keepAlive); err != nil {
		fmt.Fprintln(os.Stderr, "faultserver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, keepAlive bool) (err error) {
	folder, err := os.MkdirTemp("", "symbolon-faults-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: filepath.Join(folder, "symbolon.db")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	url, adminKey := "http://"+listener.Addr().String(), rand.Text()
	service, err := registry.New(registry.Config{
		Store: store, Secrets: [][]byte{[]byte(rand.Text() + rand.Text())}, PublicURL: url, AdminKey: adminKey,
	})
	if err != nil {
		return err
	}
	face := server.New(server.Config{Registry: service, PublicURL: url, Limits: server.Limits{PublicRate: -1, FailureRate: -1}})
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"url": url, "adminKey": adminKey}); err != nil {
		return err
	}
	h := &http.Server{Handler: symbolontest.NewFaults(face, service, store), ReadHeaderTimeout: 5 * time.Second}
	h.SetKeepAlivesEnabled(keepAlive)
	return serve(ctx, listener, h, service)
}

// serve answers until the context ends. Requests that were made to stall end with it.
func serve(ctx context.Context, l net.Listener, h *http.Server, service *registry.Registry) error {
	work := make(chan error, 1)
	go func() { work <- service.Run(ctx) }()
	go func() {
		<-ctx.Done()
		h.Close()
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-work
}
