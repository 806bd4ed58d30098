package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	askTime      = 5 * time.Second // for all that one question to a provider takes
	maxDocument  = 1 << 20         // bytes of what a provider publishes
	maxRedirects = 3
)

// guarded is the client, but it goes nowhere else than it was sent: what is behind this
// service's network is not for a provider to reach.
func guarded(given *http.Client) *http.Client {
	var c http.Client
	if given != nil {
		c = *given
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = maxAsks
		c.Transport = t
	}
	c.Jar, c.CheckRedirect = nil, stays
	return &c
}

// stays follows a redirect of a GET within one scheme, host and port.
func stays(next *http.Request, before []*http.Request) error {
	first := before[0]
	if first.Method == http.MethodGet && len(before) <= maxRedirects && next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host {
		return nil
	}
	return http.ErrUseLastResponse
}

// statusError is an answer other than 200.
type statusError struct {
	url    string
	status int
}

func (e statusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.url, e.status, http.StatusText(e.status))
}

// get reads a JSON document, and gives the header that it came with.
func (o *Issuers) get(ctx context.Context, url string, into any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	return o.do(req, maxDocument, into)
}

func (o *Issuers) do(req *http.Request, most int64, into any) (http.Header, error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "symbolon")
	answer, err := o.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	at := req.URL.Redacted()
	if answer.StatusCode != http.StatusOK {
		return nil, statusError{at, answer.StatusCode}
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", at, err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%s answers with more than %d bytes", at, most)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, fmt.Errorf("%s answers with other than the JSON that is expected: %w", at, err)
	}
	return answer.Header, nil
}

// checkPublished refuses an address that a provider published and that may not be asked: only
// https may, and http on this machine where the provider itself is reached so.
func checkPublished(name, address, issuer string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("its %s is no URL", name)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && strings.HasPrefix(issuer, "http:") && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("its %s is not https", name)
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func isStatus(err error, status int) bool {
	var answered statusError
	return errors.As(err, &answered) && answered.status == status
}
