package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Error is a call that failed. It unwraps to a *symbolon.Error with the service's code,
// and to what the network said where that was the cause.
type Error struct {
	Status     int           // of HTTP; 0 where no answer came
	RetryAfter time.Duration // how long the service asks to wait, or 0
	RequestID  string        // names the request in the service's log

	said  *symbolon.Error
	cause error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return "client: " + e.said.Error() + ": " + e.cause.Error()
	}
	return "client: " + string(e.said.Code) + ": " + e.said.Error()
}

// Unwrap gives what the service said, and the cause where the network failed.
func (e *Error) Unwrap() []error {
	if e.cause != nil {
		return []error{e.said, e.cause}
	}
	return []error{e.said}
}

// Code is the service's code for the failure.
func (e *Error) Code() symbolon.Code { return e.said.Code }

// unreachable is a call without an answer. Where the caller gave up it is their context's
// error; else the service counts as unavailable, and nothing is known to have been decided.
func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Error{said: symbolon.Errorf(symbolon.ErrUnavailable, "the service can't be reached"), cause: err}
}

// problem reads an RFC 9457 answer. One that is none, as a proxy in between may give, has
// the code nearest to its status.
func problem(resp *http.Response, body []byte) error {
	var p struct {
		Code    symbolon.Code     `json:"code"`
		Detail  string            `json:"detail"`
		Field   string            `json:"field"`
		Choices []symbolon.Device `json:"choices"`
		Status  int               `json:"status"`
	}
	e := &Error{Status: resp.StatusCode, RequestID: resp.Header.Get("X-Request-Id"), RetryAfter: retryAfter(resp.Header)}
	if json.Unmarshal(body, &p) == nil && p.Code != "" {
		e.Status = max(e.Status, p.Status) // in a stream the answer's own says nothing
		e.said = &symbolon.Error{Code: p.Code, Message: p.Detail, Field: p.Field, Choices: p.Choices}
		return e
	}
	e.said = symbolon.Errorf(codeOf(resp.StatusCode), "the answer was %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	return e
}

func codeOf(status int) symbolon.Code {
	switch {
	case status == http.StatusUnauthorized:
		return symbolon.ErrUnauthenticated
	case status == http.StatusForbidden:
		return symbolon.ErrForbidden
	case status == http.StatusNotFound:
		return symbolon.ErrNotFound
	case status == http.StatusRequestEntityTooLarge:
		return symbolon.ErrTooLarge
	case status == http.StatusTooManyRequests:
		return symbolon.ErrRateLimited
	case status >= http.StatusInternalServerError:
		return symbolon.ErrUnavailable
	}
	return symbolon.ErrInvalidRequest
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
