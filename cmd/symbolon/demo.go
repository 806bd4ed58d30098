package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon/examples/bank"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/web"
)

// demoCommand takes no variable but SYMBOLON_ADMIN_KEY, to try the API with: whoever has a
// service configured must not find the demo's customers in it.
type demoCommand struct {
	Listen      string     `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Where the service answers; the next free port if that one is taken. Default: ${default}."`
	BankListen  string     `default:"127.0.0.1:8081" placeholder:"ADDR" help:"Where the bank answers, likewise. Default: ${default}."`
	OtherListen string     `default:"127.0.0.1:8082" placeholder:"ADDR" help:"Where the same bank answers as to another browser, likewise. Default: ${default}."`
	Data        string     `placeholder:"DIR" help:"The folder that keeps devices and keys from one start to the next. Default: symbolon-demo in the user's cache."`
	Database    string     `placeholder:"URL" help:"A PostgreSQL database, postgres://…, instead of SQLite."`
	Open        bool       `help:"Open the bank in the browser."`
	JSON        bool       `name:"json" help:"Print one line of JSON when it is ready."`
	LogLevel    slog.Level `default:"warn" placeholder:"LEVEL" help:"The least that is logged: debug, info, warn or error. Default: ${default}."`
}

func (c *demoCommand) Run(ctx context.Context, m *Main) error {
	if err := c.check(); err != nil {
		return err
	}
	d := &demo{log: logSettings{LogLevel: c.LogLevel, LogFormat: "auto"}.logger(m.Stderr)}
	if err := c.listen(ctx, d); err != nil {
		return err
	}
	defer d.close()
	if err := c.start(ctx, d); err != nil {
		return stoppedInTime(ctx, err)
	}
	return stoppedInTime(ctx, d.run(ctx, func(ctx context.Context) error {
		if err := c.open(ctx, d); err != nil {
			return err
		}
		if err := c.announce(m, d); err != nil {
			return err
		}
		return showWayIn(ctx, m.Stdout, d.service.registry, time.Now())
	}))
}

func (c *demoCommand) check() error {
	for _, address := range []struct{ name, value string }{
		{"listen", c.Listen}, {"bank-listen", c.BankListen}, {"other-listen", c.OtherListen},
	} {
		if err := checkListen(address.name, address.value); err != nil {
			return err
		}
	}
	if err := checkDatabase(c.Database); err != nil || c.Data != "" {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return invalid("data", "must be given: this user has no folder for caches (%v)", err)
	}
	c.Data = filepath.Join(cache, "symbolon-demo")
	return nil
}

// demo is a service and a bank that asks it, on two origins.
type demo struct {
	log      *slog.Logger
	adminKey string
	service  *service
	bank     *bank.Bank
	at       site // the service
	first    site // the bank
	other    site // the bank once more
}

// site is a listener with the origin under which browsers reach it.
type site struct {
	listener net.Listener
	origin   string
}

func (c *demoCommand) listen(ctx context.Context, d *demo) error {
	for _, s := range []struct {
		site          *site
		name, address string
	}{{&d.at, "listen", c.Listen}, {&d.first, "bank-listen", c.BankListen}, {&d.other, "other-listen", c.OtherListen}} {
		l, err := listenNear(ctx, s.name, s.address)
		if err != nil {
			d.close()
			return err
		}
		host, _, _ := net.SplitHostPort(s.address)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		*s.site = site{listener: l, origin: "http://" + net.JoinHostPort(host, port)}
		if !isLoopback(l) {
			d.close()
			return invalid(s.name, "must be an address of this machine alone, such as 127.0.0.1:8080: everyone may try the demo's staff panel")
		}
	}
	return nil
}

// listenNear takes the address, or one of the ports after it if it is taken.
func listenNear(ctx context.Context, name, address string) (net.Listener, error) {
	const tries = 50
	l, err := listen(ctx, name, address)
	host, text, _ := net.SplitHostPort(address)
	first, _ := strconv.Atoi(text)
	for port := first + 1; inUse(err) && port < first+tries && port < 1<<16; port++ {
		l, err = listen(ctx, name, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	return l, err
}

// close lets go of listeners that were not served on.
func (d *demo) close() {
	for _, s := range []site{d.at, d.first, d.other} {
		if s.listener != nil {
			s.listener.Close()
		}
	}
}

// start opens the service with data of the demo's own.
func (c *demoCommand) start(ctx context.Context, d *demo) error {
	var err error
	if d.adminKey, err = keyFromEnv(envAdminKey); err != nil {
		return err
	}
	if d.adminKey == "" {
		d.adminKey = rand.Text()
	}
	if err := makeFolder(c.Data); err != nil {
		return err
	}
	// With PostgreSQL too the demo is one process: a key file serves it.
	secrets, err := secretsWithKeyFile(nil, c.Data, filepath.Join(c.Data, databaseName))
	if err != nil {
		return err
	}
	places, err := c.places(d.log)
	if err != nil {
		return err
	}
	d.service, err = openService(ctx, serviceConfig{
		listener: d.at.listener, data: c.Data, database: c.Database, secrets: secrets, adminKey: d.adminKey,
		publicURL: d.at.origin, places: places, limits: server.DefaultLimits(), log: d.log,
	})
	return err
}

// run serves until ctx ends: first the service, then, once it has what it needs, the bank.
// What was begun is finished in the opposite order.
func (d *demo) run(ctx context.Context, ready func(context.Context) error) error {
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- d.service.run(behind) }()

	front := make(chan error, 1)
	go func() {
		err := ready(ctx)
		if err == nil {
			err = d.serveBank(ctx)
		}
		front <- err
	}()
	select {
	case err := <-front:
		stop()
		return errors.Join(err, <-served)
	case err := <-served:
		return err
	}
}

// open makes the bank: its app, its policy and its credential, all through the API.
func (c *demoCommand) open(ctx context.Context, d *demo) error {
	backend, err := d.setUpApp(ctx)
	if err != nil {
		return err
	}
	d.bank, err = bank.New(bank.Config{
		Symbolon: backend, App: demoApp, ServiceURL: d.at.origin, Origin: d.first.origin, OtherOrigin: d.other.origin,
		Places: demoPlaces(), Pages: web.Demo(), Log: d.log,
	})
	return err
}

// serveBank serves the bank on both of its origins until ctx ends.
func (d *demo) serveBank(ctx context.Context) error {
	s := &http.Server{
		Handler: d.bank, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 2)
	for _, at := range []site{d.first, d.other} {
		go func() { failed <- s.Serve(at.listener) }()
	}
	select {
	case err := <-failed:
		return fmt.Errorf("the bank: %w", errors.Join(err, s.Close()))
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Shutdown(end)
}
