package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

type serveCommand struct {
	settings `embed:""`
}

// Help implements kong.HelpProvider.
func (serveCommand) Help() string {
	return `Secrets are variables only:

SYMBOLON_SECRET is what all keys derive from, at least 32 bytes of text. Without it, SQLite uses a key file in the data folder, made at the first start; PostgreSQL needs it, the same on every replica.

SYMBOLON_SECRET_PREVIOUS are earlier ones, separated by commas: what they made stays readable.

SYMBOLON_ADMIN_KEY is the bearer of an admin on all apps, at least 20 characters.

SYMBOLON_ADMIN_OIDC_CLIENT_SECRET is this service's at the provider that admin.oidc.issuer names; without it the service is a public client.

SYMBOLON_METRICS_KEY is the bearer that opens /metrics, at least 20 characters. Without it /metrics answers this machine only, and nothing that a proxy forwards: set it where Prometheus runs elsewhere, or where a proxy on this machine sends no X-Forwarded-For.`
}

func (c *serveCommand) Run(ctx context.Context, m *Main) error {
	if err := c.check(); err != nil {
		return err
	}
	log := c.logger(m.Stderr)
	cfg, err := c.service(log)
	if err != nil {
		return err
	}
	if cfg.listener, err = listen(ctx, "listen", c.Listen); err != nil {
		return err
	}
	defer cfg.listener.Close()
	address := urlOf(cfg.listener)
	if cfg.publicURL == "" {
		cfg.publicURL = address
		if !isLoopback(cfg.listener) {
			log.Warn("no public-url is set: tickets and tokens name this address as their issuer", "url", address)
		}
	}
	s, err := openService(ctx, cfg)
	if err != nil {
		return stoppedInTime(ctx, err)
	}
	if _, err := fmt.Fprintf(m.Stdout, "symbolon %s is ready at %s\n", buildVersion(), address); err != nil {
		return err
	}
	if err := showWayIn(ctx, m.Stdout, s.registry, time.Now()); err != nil {
		return err
	}
	log.Info("ready", "address", cfg.listener.Addr().String(), "publicURL", cfg.publicURL, "database", c.databaseKind())
	return s.run(ctx)
}

// service is all of the configuration but the listener.
func (c *serveCommand) service(log *slog.Logger) (serviceConfig, error) {
	proxies, err := parseProxies(c.TrustedProxies)
	if err != nil {
		return serviceConfig{}, err
	}
	adminKey, err := keyFromEnv(envAdminKey)
	if err != nil {
		return serviceConfig{}, err
	}
	metricsKey, err := keyFromEnv(envMetricsKey)
	if err != nil {
		return serviceConfig{}, err
	}
	places, err := c.placeSettings.open(log)
	if err != nil {
		return serviceConfig{}, err
	}
	provider, err := c.provider()
	if err != nil {
		return serviceConfig{}, err
	}
	secrets, err := c.secrets()
	if err != nil {
		return serviceConfig{}, err
	}
	return serviceConfig{
		data: c.Data, database: c.Database, secrets: secrets, adminKey: adminKey, metricsKey: metricsKey,
		publicURL: strings.TrimSuffix(c.PublicURL, "/"), provider: provider, places: places, proxies: proxies, limits: c.limits(), log: log,
	}, nil
}

func (c *serveCommand) secrets() ([][]byte, error) {
	secrets, err := secretsFromEnv()
	if err != nil {
		return nil, err
	}
	if c.Database != "" {
		if len(secrets) == 0 {
			return nil, invalid(envSecret, "must be set with PostgreSQL, to the same text on every replica: at least 32 bytes, as openssl rand -base64 32 makes")
		}
		return secrets, nil
	}
	if err := makeFolder(c.Data); err != nil {
		return nil, err
	}
	return secretsWithKeyFile(secrets, c.Data, filepath.Join(c.Data, databaseName))
}

func (s settings) databaseKind() string {
	if s.Database != "" {
		return "PostgreSQL"
	}
	return "SQLite"
}
