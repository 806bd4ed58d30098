package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/registry"
)

// remote says which service a command speaks to, and as whom.
type remote struct {
	URL  string `name:"url" env:"SYMBOLON_URL" group:"Service:" placeholder:"URL" help:"Where the service is. Default: where the service of the data folder serves, or ${default_url}."`
	Key  string `name:"key" env:"SYMBOLON_KEY,SYMBOLON_ADMIN_KEY" group:"Service:" placeholder:"KEY" help:"The bearer of an admin: a credential, or the service's admin key. None is needed where the service's secret can be read."`
	Data string `name:"data" default:"./data" env:"SYMBOLON_DATA" group:"Service:" placeholder:"DIR" help:"The data folder of a service on this machine. Default: ${default}."`
}

// defaultURL is where a service serves that was not told otherwise.
const defaultURL = "http://127.0.0.1:8080"

// callTimeout is for one call; a command may make many.
const callTimeout = 30 * time.Second

// admin is a client that speaks as an admin: with the key, or else with the secret of a
// service on this machine.
func (r remote) admin() (*client.Client, error) {
	address, own := r.address()
	cfg := client.Config{BaseURL: address, Key: r.Key}
	if r.Key == "" {
		secrets, err := secretsOf(r.Data)
		if err != nil {
			return nil, err
		}
		if len(secrets) == 0 {
			return nil, invalid("key", "must be given, by --key or SYMBOLON_KEY, or --data must be the data folder of a service on this machine: %s has no %s", r.Data, keyFileName)
		}
		if !own && !onThisMachine(address) {
			return nil, invalid("key", "must be given, by --key or SYMBOLON_KEY: the secret speaks only to a service on this machine, and %s may be elsewhere", address)
		}
		cfg.HTTPClient = &http.Client{Timeout: callTimeout, Transport: &localBearer{secrets: secrets, next: http.DefaultTransport}}
	}
	c, err := client.New(cfg)
	if err != nil {
		return nil, invalid("url", "must be where the service is, such as %s", defaultURL)
	}
	return c, nil
}

// address is where the service is; own tells that it said so itself.
func (r remote) address() (address string, own bool) {
	if r.URL != "" {
		return r.URL, false
	}
	text, err := os.ReadFile(filepath.Join(r.Data, addressName))
	if err != nil {
		return defaultURL, false
	}
	return strings.TrimSpace(string(text)), true
}

// secretsOf are those that a service with this data folder uses, the current one first.
func secretsOf(folder string) ([][]byte, error) {
	secrets, err := secretsFromEnv()
	if err != nil {
		return nil, err
	}
	kept, err := readKeyFile(filepath.Join(folder, keyFileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return append(secrets, kept...), nil
}

// neededSecretsOf is secretsOf where there must be some.
func neededSecretsOf(folder string) ([][]byte, error) {
	secrets, err := secretsOf(folder)
	if err == nil && len(secrets) == 0 {
		err = usageError{fmt.Errorf("%s has no %s, and %s is not set: what is in the database can't be verified", folder, keyFileName, envSecret)}
	}
	return secrets, err
}

// onThisMachine tells whether only this machine hears what is sent to the URL.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// localBearer shows with each request a token by the service's secret. A service that was
// not restarted since the secret was rotated takes an earlier one. It is for one goroutine.
type localBearer struct {
	secrets [][]byte
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l *localBearer) RoundTrip(r *http.Request) (*http.Response, error) {
	for {
		token, err := registry.LocalToken(l.secrets[0], time.Now())
		if err != nil {
			return nil, err
		}
		attempt := r.Clone(r.Context())
		attempt.Header.Set("Authorization", "Bearer "+token)
		if r.GetBody != nil {
			if attempt.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
		answer, err := l.next.RoundTrip(attempt)
		if err != nil || answer.StatusCode != http.StatusUnauthorized || len(l.secrets) == 1 {
			return answer, err
		}
		answer.Body.Close()
		l.secrets = l.secrets[1:]
	}
}

// inApp is remote for what is about one app.
type inApp struct {
	remote `embed:""`
	App    symbolon.AppID `env:"SYMBOLON_APP" group:"Service:" placeholder:"ID" help:"The app. Default: the only one that the service has."`
}

// admin is a client that speaks about the app.
func (a inApp) admin(ctx context.Context) (*client.Client, error) {
	c, err := a.remote.admin()
	if err != nil {
		return nil, err
	}
	app := a.App
	if app == "" {
		if app, err = onlyApp(ctx, c); err != nil {
			return nil, err
		}
	}
	if _, err := symbolon.ParseAppID(string(app)); err != nil {
		return nil, usageError{err}
	}
	return c.For(app), nil
}

func onlyApp(ctx context.Context, c *client.Client) (symbolon.AppID, error) {
	page, err := c.ListApps(ctx, client.Page{Limit: 2})
	switch {
	case errors.Is(err, symbolon.ErrForbidden):
		return "", invalid("app", "must be given, by --app or SYMBOLON_APP: this key may not list apps")
	case err != nil:
		return "", err
	case len(page.Items) == 0:
		return "", fmt.Errorf("the service has no app yet; symbolon app create makes one: %w", symbolon.ErrNotFound)
	case len(page.Items) > 1:
		return "", invalid("app", "must be given, by --app or SYMBOLON_APP: the service has several, which symbolon app list shows")
	}
	return page.Items[0].ID, nil
}
