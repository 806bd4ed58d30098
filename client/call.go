package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// request is one call, before it is sent.
type request struct {
	method    string
	path      string // escaped
	query     url.Values
	body      any
	proof     string // Symbolon-Proof
	version   *int64 // If-Match
	harmless  bool   // may be repeated: nothing happens twice
	gotHeader func(status int, h http.Header)
}

// maxAnswer is the most bytes that are read of an answer.
const maxAnswer = 32 << 20

// get is call for an answer of one type.
func get[T any](ctx context.Context, c *Client, r request) (T, error) {
	var out T
	err := c.call(ctx, r, &out)
	return out, err
}

// call sends the request, and again after a fault where that does no harm, and decodes
// the answer into out, which may be nil.
func (c *Client) call(ctx context.Context, r request, out any) error {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return fmt.Errorf("client: %w", err)
		}
	}
	harmless := r.harmless || r.method == http.MethodGet || keyOf(ctx) != ""
	harmless = harmless && r.proof == "" // a proof counts once
	for try := 0; ; try++ {
		err := c.send(ctx, r, body, out)
		if err == nil || !harmless || try >= c.retries || !passing(err) {
			return err
		}
		if wait(ctx, pause(try, err)) != nil {
			return err
		}
	}
}

func (c *Client) send(ctx context.Context, r request, body []byte, out any) error {
	req, err := c.build(ctx, r, body)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unreachable(ctx, err)
	}
	defer resp.Body.Close()
	return c.read(ctx, r, resp, out)
}

// read decodes the answer, or the problem that it is.
func (c *Client) read(ctx context.Context, r request, resp *http.Response, out any) error {
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return unreachable(ctx, err)
	}
	if len(answer) > maxAnswer {
		return fmt.Errorf("client: the answer to %s %s has more than %d bytes", r.method, r.path, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return problem(resp, answer)
	}
	if r.gotHeader != nil {
		r.gotHeader(resp.StatusCode, resp.Header)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("client: the answer to %s %s is not what was expected: %w", r.method, r.path, err)
	}
	return nil
}

func (c *Client) build(ctx context.Context, r request, body []byte) (*http.Request, error) {
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if body != nil {
		set("Content-Type", "application/json")
	}
	if c.key != "" {
		set("Authorization", "Bearer "+c.key)
	}
	set("Accept", "application/json")
	set("Symbolon-Proof", r.proof)
	if r.method != http.MethodGet {
		set("Idempotency-Key", keyOf(ctx))
	}
	if r.version != nil && *r.version >= 0 {
		set("If-Match", strconv.Quote(strconv.FormatInt(*r.version, 10)))
	}
	return req, nil
}

// path joins segments, escaped so that any id stays one segment: a router would take a
// bare "." or ".." for a step in the tree.
func path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		switch s {
		case ".", "..":
			b.WriteString(strings.ReplaceAll(s, ".", "%2E"))
		default:
			b.WriteString(url.PathEscape(s))
		}
	}
	return b.String()
}

// inApp is a path under the client's app.
func (c *Client) inApp(segments ...string) string {
	return path(append([]string{"v1", "apps", string(c.app)}, segments...)...)
}

// maxPause is the longest that a repeat waits; a service that asks for more is believed,
// and the error returned at once.
const maxPause = 10 * time.Second

// passing tells whether the fault may be gone at the next try.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter > maxPause {
		return false
	}
	return errors.Is(err, symbolon.ErrUnavailable) || errors.Is(err, symbolon.ErrRateLimited)
}

// pause doubles from a tenth of a second, with up to as much again at random, so that
// clients that failed together don't come back together.
func pause(try int, err error) time.Duration {
	var e *Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		return e.RetryAfter
	}
	base := min(100*time.Millisecond<<try, maxPause/2)
	extra, randErr := rand.Int(rand.Reader, big.NewInt(int64(base)))
	if randErr != nil {
		return base
	}
	return base + time.Duration(extra.Int64())
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
