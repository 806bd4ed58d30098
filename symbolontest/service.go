package symbolontest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/oidc"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
	"github.com/symbolon-id/symbolon/web"
)

// Service is a running Symbolon.
type Service struct {
	URL      string
	AdminKey string         // bearer of an admin on all apps
	Admin    *client.Client // speaks with AdminKey, about all apps

	// Registry and Store are what the service is made of, for tests of its inside; nil
	// after [Attach].
	Registry *registry.Registry
	Store    symbolon.Store

	cfg  config
	http *http.Client
}

type config struct {
	database  string
	data      string
	secret    []byte
	adminKey  string
	publicURL string
	limits    server.Limits
	proxies   []netip.Prefix
	log       *slog.Logger
	wrap      func(symbolon.Store) symbolon.Store
	places    map[string]symbolon.Place
}

// Option changes how [Start] starts a service.
type Option func(*config)

// OnDatabase takes a PostgreSQL database, postgres://…, instead of SQLite.
func OnDatabase(url string) Option { return func(c *config) { c.database = url } }

// InFolder keeps SQLite's file in the folder, so that a second start finds it, if it has
// the same [WithSecret].
func InFolder(path string) Option { return func(c *config) { c.data = path } }

// WithSecret sets the service's secret, at least 32 bytes.
func WithSecret(secret string) Option { return func(c *config) { c.secret = []byte(secret) } }

// WithLimits sets limits on what callers may take; zero members have their defaults.
func WithLimits(l server.Limits) Option { return func(c *config) { c.limits = l } }

// TrustProxies lets peers of the networks, such as 127.0.0.0/8, speak for others: a proxy
// that asks at /forward-auth. Without it nobody may.
func TrustProxies(networks ...string) Option {
	return func(c *config) {
		for _, n := range networks {
			c.proxies = append(c.proxies, netip.MustParsePrefix(n))
		}
	}
}

// WithLog sets where the service logs; without it, nowhere.
func WithLog(log *slog.Logger) Option { return func(c *config) { c.log = log } }

// WithPlaces places networks, such as 203.0.113.0/24, for the service, through files as
// an operator gives them; [placetest.Write] says what they keep. Without it no place is
// known.
func WithPlaces(places map[string]symbolon.Place) Option {
	return func(c *config) { c.places = places }
}

// WrapStore puts a store of the test's own between the service and its database, to count
// or to fail.
func WrapStore(wrap func(symbolon.Store) symbolon.Store) Option {
	return func(c *config) { c.wrap = wrap }
}

// Start starts a service, on SQLite in the test's own folder if no option says otherwise.
func Start(tb testing.TB, options ...Option) *Service {
	tb.Helper()
	cfg := config{
		secret: []byte(rand.Text() + rand.Text()), adminKey: rand.Text(),
		limits: server.Limits{PublicRate: -1, FailureRate: -1},
	}
	for _, option := range options {
		option(&cfg)
	}
	if cfg.database == "" && cfg.data == "" {
		cfg.data = tb.TempDir()
	}
	return start(tb, cfg)
}

// Replica starts a second service on the same PostgreSQL database, as `symbolon serve`
// with the same settings would.
func (s *Service) Replica(tb testing.TB) *Service {
	tb.Helper()
	if s.cfg.database == "" {
		tb.Fatal("symbolontest: only a service on PostgreSQL has replicas: start it with OnDatabase")
	}
	return start(tb, s.cfg)
}

func start(tb testing.TB, cfg config) *Service {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	must(tb, err)
	url := "http://" + listener.Addr().String()
	if cfg.publicURL == "" {
		cfg.publicURL = url // of the first replica: they speak under one name
	}
	where := sqlstore.Config{URL: cfg.database, Logger: cfg.log}
	if cfg.database == "" {
		where.Path = filepath.Join(cfg.data, "symbolon.db")
	}
	store, err := sqlstore.Open(tb.Context(), where)
	must(tb, err)

	s := attach(tb, url, cfg.adminKey)
	s.cfg, s.Store = cfg, store
	if cfg.wrap != nil {
		s.Store = cfg.wrap(store)
	}
	metrics := server.NewMetrics()
	s.Registry, err = registry.New(registry.Config{
		Store: s.Store, Secrets: [][]byte{cfg.secret}, PublicURL: cfg.publicURL, AdminKey: cfg.adminKey,
		Log: cfg.log, Metrics: metrics, Places: openPlaces(tb, cfg),
		Issuers: oidc.New(oidc.Config{Log: cfg.log}),
	})
	must(tb, err)
	face := server.New(server.Config{
		Registry: s.Registry, PublicURL: cfg.publicURL, TrustedProxies: cfg.proxies, Check: web.Check(),
		Limits: cfg.limits, Log: cfg.log, Metrics: metrics, Version: "test",
	})
	s.run(tb, face, listener, store)
	return s
}

func openPlaces(tb testing.TB, cfg config) *place.Files {
	tb.Helper()
	where, err := placetest.Write(tb.TempDir(), cfg.places)
	must(tb, err)
	where.Log = cfg.log
	files, err := place.Open(where)
	must(tb, err)
	return files
}

// run serves until the test ends, and then sees that everything ended well.
func (s *Service) run(tb testing.TB, face *server.Server, listener net.Listener, store *sqlstore.Store) {
	serving, stopServing := context.WithCancel(context.WithoutCancel(tb.Context()))
	sealing, stopSealing := context.WithCancel(context.WithoutCancel(tb.Context()))
	served, sealed := make(chan error, 1), make(chan error, 1)
	go func() { served <- face.Serve(serving, listener) }()
	go func() { sealed <- s.Registry.Run(sealing) }()
	tb.Cleanup(func() {
		s.http.CloseIdleConnections()
		stopServing()
		for _, wait := range []func() error{
			func() error { return <-served },
			func() error { stopSealing(); return <-sealed },
			store.Close,
		} {
			if err := wait(); err != nil {
				tb.Errorf("symbolontest: stopping the service: %v", err)
			}
		}
	})
}

// Attach gives a service that runs elsewhere, with the bearer of an admin on all apps.
func Attach(tb testing.TB, url, adminKey string) *Service {
	tb.Helper()
	s := attach(tb, url, adminKey)
	tb.Cleanup(s.http.CloseIdleConnections)
	return s
}

func attach(tb testing.TB, url, adminKey string) *Service {
	tb.Helper()
	s := &Service{URL: url, AdminKey: adminKey, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	var err error
	s.Admin, err = client.New(client.Config{BaseURL: url, Key: adminKey, HTTPClient: s.http, Retries: -1})
	must(tb, err)
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("symbolontest: %v", err)
	}
}
