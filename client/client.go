package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Config is what a Client is made of.
type Config struct {
	BaseURL    string         // of the service, such as https://symbolon.example
	App        symbolon.AppID // the app that calls are about; "" for calls about all apps
	Key        string         // bearer of the backend or admin; "" to speak as a device does
	HTTPClient *http.Client   // nil for one with a timeout of 30 seconds
	Retries    int            // repeats of a harmless call; 0 for 3, below zero for none
}

// Client calls a service. It may be used from any number of goroutines.
type Client struct {
	base    string
	app     symbolon.AppID
	key     string
	http    *http.Client
	retries int
}

// New checks the configuration; it calls nobody.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("client: BaseURL must be an http or https URL without query, such as https://symbolon.example")
	}
	if cfg.App != "" {
		if _, err := symbolon.ParseAppID(string(cfg.App)); err != nil {
			return nil, fmt.Errorf("client: %w", err)
		}
	}
	c := &Client{base: strings.TrimSuffix(cfg.BaseURL, "/"), app: cfg.App, key: cfg.Key, retries: cfg.Retries}
	switch {
	case c.retries == 0:
		c.retries = 3
	case c.retries < 0:
		c.retries = 0
	}
	own := http.Client{Timeout: 30 * time.Second}
	if cfg.HTTPClient != nil {
		own = *cfg.HTTPClient
	}
	// The service redirects nothing, and a bearer must follow no one else's redirect.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &own
	return c, nil
}

// For is the same client about another app; "" for calls about all apps.
func (c *Client) For(app symbolon.AppID) *Client {
	other := *c
	other.app = app
	return &other
}

// As is the same client with another bearer: a ticket to speak as a user, or "" to speak
// as a device does.
func (c *Client) As(bearer string) *Client {
	other := *c
	other.key = bearer
	return &other
}

// App is the app that calls are about.
func (c *Client) App() symbolon.AppID { return c.app }

type idempotencyKey struct{}

// WithIdempotencyKey names the write that is made with the context, by 1 to 255
// characters of printable ASCII. The service does it once, and answers repeats with the
// first answer for 24 hours; so the client may repeat it when the network fails.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

func keyOf(ctx context.Context) string {
	key, _ := ctx.Value(idempotencyKey{}).(string)
	return key
}

// Ready tells whether the service can decide.
func (c *Client) Ready(ctx context.Context) error {
	return c.call(ctx, request{method: http.MethodGet, path: "/readyz"}, nil)
}
