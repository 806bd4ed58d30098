package bank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// call is one request on its way through the bank.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	now     time.Time
	session session
	notes   []note
}

func (c *call) ctx() context.Context { return c.r.Context() }

// address is the browser's. The demo stands before no proxy, so no header is believed.
func (c *call) address() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

// connection is what Symbolon may know of the browser's request.
func (c *call) connection() symbolon.ClientContext {
	hints := map[string]string{}
	for name, values := range c.r.Header {
		if strings.HasPrefix(strings.ToLower(name), "sec-ch-ua") {
			hints[name] = strings.Join(values, ", ")
		}
	}
	return symbolon.ClientContext{
		IPAddress: c.address(), UserAgent: c.r.UserAgent(),
		AcceptLanguage: c.r.Header.Get("Accept-Language"), ClientHints: hints,
	}
}

// handle makes a handler of what takes a JSON body and answers with one.
func handle[In any](b *Bank, do func(*call, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := b.begin(w, r)
		in, err := readBody[In](w, r)
		if err != nil {
			b.answer(c, nil, err)
			return
		}
		out, err := do(c, in)
		b.answer(c, out, err)
	}
}

// read makes a handler of what only answers.
func read(b *Bank, do func(*call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := b.begin(w, r)
		out, err := do(c)
		b.answer(c, out, err)
	}
}

func (b *Bank) begin(w http.ResponseWriter, r *http.Request) *call {
	c := &call{w: w, r: r, now: b.cfg.Now()}
	c.session = b.sessions.get(c)
	return c
}

const maxBody = 64 << 10

func readBody[In any](w http.ResponseWriter, r *http.Request) (In, error) {
	var in In
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return in, invalid("the body must be one JSON object of the call's own members: %s", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return in, invalid("the body must be one JSON object, with nothing after it")
	}
	return in, nil
}

// problem is a refusal that the page may read. The page has its own words for each code.
type problem struct {
	status     int
	retryAfter time.Duration
	Code       string `json:"code"`
	Message    string `json:"message"`
}

func (p *problem) Error() string { return p.Message }

func invalid(format string, args ...any) *problem {
	return &problem{status: http.StatusBadRequest, Code: "invalid_request", Message: fmt.Sprintf(format, args...)}
}

// answer is what every call gives: the answer or the problem, and what the demo's panel
// tells of the way there.
type answer struct {
	Answer   any      `json:"answer,omitempty"`
	Problem  *problem `json:"problem,omitempty"`
	Activity []note   `json:"activity,omitempty"`
}

func (b *Bank) answer(c *call, out any, err error) {
	status, body := http.StatusOK, answer{Answer: out, Activity: c.notes}
	if err != nil {
		body.Answer, body.Problem = nil, b.problemOf(c, err)
		status = body.Problem.status
		if wait := body.Problem.retryAfter; wait > 0 {
			c.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		}
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	json.NewEncoder(c.w).Encode(body) //nolint:errcheck // the browser has gone
}

// problemOf passes on what Symbolon refused in its own words; any other error is the
// bank's own and stays in its log.
func (b *Bank) problemOf(c *call, err error) *problem {
	var own *problem
	if errors.As(err, &own) {
		return own
	}
	var refused *symbolon.Error
	if errors.As(err, &refused) {
		switch refused.Code {
		case symbolon.ErrNotFound, symbolon.ErrDeviceUnknown:
			return &problem{status: http.StatusNotFound, Code: "not_found", Message: refused.Message}
		case symbolon.ErrConflict:
			return &problem{status: http.StatusConflict, Code: "conflict", Message: refused.Message}
		case symbolon.ErrInvalidRequest:
			return invalid("%s", refused.Message)
		}
	}
	b.cfg.Log.ErrorContext(c.ctx(), "a call failed", "path", c.r.Pattern, "error", err)
	return &problem{status: http.StatusServiceUnavailable, Code: "unavailable", Message: "that can't be done just now; try again in a moment"}
}
