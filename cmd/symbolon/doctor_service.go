package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// service asks the service itself, where its data folder says that it is.
func (d *doctor) service(ctx context.Context) {
	address, own := remote{Data: d.Data}.address()
	if !own || d.Database != "" {
		address = "http://" + d.Listen
	}
	if err := ask(ctx, address+"/readyz"); err != nil {
		d.warn("service", "start it: symbolon serve", "it does not answer at %s: %v", address, err)
		return
	}
	d.running = true
	d.ok("service", "it is ready at %s", address)
}

// ask gets a page that a service answers with 200.
func ask(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}

// origins looks for web origins that browsers only treat as safe on the developer's own
// machine: keys need a secure context.
func (d *doctor) origins(ctx context.Context) {
	apps, ok := d.apps(ctx, "origins")
	if !ok {
		return
	}
	origins := 0
	var unsafe []string
	for _, app := range apps {
		origins += len(app.Origins)
		for _, origin := range app.Origins {
			if strings.HasPrefix(origin, "http:") && !onThisMachine(origin) {
				unsafe = append(unsafe, origin+" of "+string(app.ID))
			}
		}
	}
	if len(unsafe) > 0 {
		d.warn("origins", "serve these pages over https: without it browsers keep no keys", "%s", strings.Join(unsafe, ", "))
		return
	}
	d.ok("origins", "%s, %s: all https, or on this machine", count(len(apps), "app"), count(origins, "origin"))
}

func (d *doctor) publicAddress(ctx context.Context) {
	host, _, err := net.SplitHostPort(d.Listen)
	local := err == nil && onThisMachine("http://"+net.JoinHostPort(host, "1"))
	switch {
	case d.PublicURL == "" && local:
		d.ok("public address", "none is set, and the service is for this machine alone")
	case d.PublicURL == "":
		d.warn("public address", "set public-url to the address that browsers use", "none is set: tickets and tokens name http://%s as their issuer", d.Listen)
	case strings.HasPrefix(d.PublicURL, "http:") && !onThisMachine(d.PublicURL):
		d.warn("public address", "put TLS before the service, and set public-url to https://…", "%s is not encrypted: bearers and proofs can be read on the way", d.PublicURL)
	case !d.running:
		d.ok("public address", "%s; start the service to see whether it is reached there", d.PublicURL)
	default:
		if err := ask(ctx, strings.TrimSuffix(d.PublicURL, "/")+"/healthz"); err != nil {
			d.warn("public address", "see to DNS, the proxy and its certificate", "the service is not reached at %s from here: %v", d.PublicURL, err)
			return
		}
		d.ok("public address", "the service is reached at %s", d.PublicURL)
	}
}

func (d *doctor) proxies(context.Context) {
	prefixes, err := parseProxies(d.TrustedProxies)
	if err != nil {
		return // the configuration's check said so
	}
	for _, p := range prefixes {
		if p.Bits() == 0 {
			d.fail("proxies", "name the proxies alone", "trusted-proxies holds %s: anyone may claim any address", p)
			return
		}
	}
	if u, err := url.Parse(d.PublicURL); err == nil && u.Scheme == "https" && len(prefixes) == 0 {
		d.warn("proxies", "set trusted-proxies to the proxy's address, such as 127.0.0.1", "public-url is https, so a proxy is before the service, but none is trusted: all callers seem to be the proxy, and share one rate")
		return
	}
	d.ok("proxies", "%s", orText(strings.Join(d.TrustedProxies, ", "), "none is trusted, and none is expected"))
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
