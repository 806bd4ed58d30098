package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
	"github.com/symbolon-id/symbolon/web"
)

// addressName is the file's, in the data folder, that says where the service serves.
const addressName = "service.url"

// databaseName is the SQLite file's, in the data folder.
const databaseName = "symbolon.db"

// serviceConfig is what a service is made of, with every setting checked.
type serviceConfig struct {
	listener   net.Listener
	data       string // the folder of SQLite and the key file
	database   string // of PostgreSQL, or ""
	secrets    [][]byte
	adminKey   string
	metricsKey string
	publicURL  string
	provider   *symbolon.AdminProvider // by which admins sign in, or nil
	places     *place.Files
	proxies    []netip.Prefix
	limits     server.Limits
	log        *slog.Logger
}

// service is a store, the registry over it and the server before that, on a listener.
type service struct {
	store    *sqlstore.Store
	registry *registry.Registry
	server   *server.Server
	places   *place.Files
	listener net.Listener
	address  string // of the file that says where, or ""
	log      *slog.Logger
}

func openService(ctx context.Context, c serviceConfig) (*service, error) {
	started := time.Now().UTC()
	metrics := server.NewMetrics()
	metrics.ShowPlaces(func() map[string]time.Time { return builtAt(c.places) })
	where := sqlstore.Config{URL: c.database, Logger: c.log, Observer: metrics}
	if c.database == "" {
		where.Path = filepath.Join(c.data, databaseName)
		if err := makePrivate(where.Path); err != nil {
			return nil, fmt.Errorf("the database can't be made: %w", err)
		}
	}
	store, err := sqlstore.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	issuers := oidc.New(oidc.Config{Log: c.log})
	r, err := registry.New(registry.Config{
		Store: store, Secrets: c.secrets, PublicURL: c.publicURL, AdminKey: c.adminKey, Log: c.log, Metrics: metrics,
		About:  func(ctx context.Context) symbolon.Surroundings { return about(ctx, c, store, started) },
		Places: c.places, Issuers: issuers, SignIns: issuers, Provider: c.provider,
	})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	s := server.New(server.Config{
		Registry: r, PublicURL: c.publicURL, TrustedProxies: c.proxies, Check: web.Check(), Portal: web.Portal(), Account: web.Account(), Limits: c.limits,
		Log: c.log, Metrics: metrics, MetricsKey: c.metricsKey, Version: buildVersion(),
	})
	service := &service{store: store, registry: r, server: s, places: c.places, listener: c.listener, log: c.log}
	if c.database == "" {
		service.address = filepath.Join(c.data, addressName)
		if err := os.WriteFile(service.address, []byte(urlOf(c.listener)+"\n"), 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("where the service serves can't be written down: %w", err), store.Close())
		}
	}
	return service, nil
}

// builtAt is when each file of places was built, by its setting.
func builtAt(places *place.Files) map[string]time.Time {
	built := map[string]time.Time{}
	for _, f := range places.About() {
		built[f.Setting] = f.Built
	}
	return built
}

// makePrivate makes the database's file for its owner alone, if it is not there. SQLite
// gives the files beside it the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// run serves until ctx ends. Then it takes no more requests, finishes those it began, lets
// the background work finish, and closes the store, in this order.
func (s *service) run(ctx context.Context) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	sealed := make(chan error, 1)
	go func() { sealed <- s.registry.Run(background) }()
	go s.places.Watch(background) // it only reads, perhaps from a disk that hangs: nobody waits for it
	said := context.AfterFunc(ctx, func() { s.log.Info("stopping: requests that were begun are finished first") })
	defer said()

	err := s.server.Serve(ctx, s.listener)
	if s.address != "" {
		os.Remove(s.address) // one that stays only leads to where nothing answers
	}
	stop()
	err = errors.Join(err, <-sealed, s.store.Close())
	s.log.Info("stopped")
	return err
}

// listen takes the address, or says in words why it can't.
func listen(ctx context.Context, name, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return l, nil
	case inUse(err):
		return nil, fmt.Errorf("the address %s is taken by another program; choose another with --%s: %w", address, name, err)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("the address %s may not be taken by this user; choose a port above 1023 with --%s: %w", address, name, err)
	}
	return nil, fmt.Errorf("the address %s can't be taken; choose another with --%s: %w", address, name, err)
}

// inUse knows the code of Windows too, which syscall names differently there.
func inUse(err error) bool {
	const windowsInUse = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse)
}

// urlOf is where the listener is reached from this machine.
func urlOf(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func isLoopback(l net.Listener) bool {
	addr, ok := l.Addr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}
