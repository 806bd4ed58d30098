package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/symbolon-id/symbolon"
)

// exchange is what the server knows of one request and its answer.
type exchange struct {
	id       string
	began    time.Time // with the monotonic clock
	at       time.Time // the moment of the request, for everything that it does
	address  string    // of the client, "" where unknown
	proxied  bool      // its path is one that proxies ask
	caller   symbolon.Caller
	stranger bool  // its bearer is none that is recognised
	fault    error // logged, never answered

	fromProxy bool     // a trusted one sent it
	from      original // how it came to the proxy, below /device-check

	request *http.Request // carries this exchange in its context
	client  context.Context
	cancel  context.CancelFunc
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

// callerOf is who calls, as authenticate found it.
func callerOf(ctx context.Context) symbolon.Caller { return exchangeOf(ctx).caller }

// clientGone tells whether the client left before it was answered.
func (x *exchange) clientGone() bool { return x.client.Err() != nil }

// begin reads the clock, this once.
func (s *Server) begin(r *http.Request) *exchange {
	now := time.Now()
	x := &exchange{id: rand.Text(), began: now, at: symbolon.Micro(now), client: r.Context()}
	x.proxied = isProxied(r.URL.Path)
	x.address, x.fromProxy = s.clientAddress(r, now)
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), exchangeKey{}, x), s.limits.Request)
	x.cancel, x.request = cancel, r.WithContext(ctx)
	return x
}

// end is deferred: it also answers for a handler that panicked.
func (s *Server) end(x *exchange, w *answerWriter) {
	defer x.cancel()
	if v := recover(); v != nil {
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v) // net/http's own way to cut a connection
		}
		s.afterPanic(x, w, v)
	}
	took := time.Since(x.began)
	route := or(x.request.Pattern, unmatched)
	s.metrics.request(route, w.status, took)
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", x.id),
		slog.String("method", methodName(x.request.Method)),
		slog.String("route", route),
		slog.Int("status", w.status),
		slog.Duration("took", took),
		slog.String("caller", string(x.caller.Kind)),
	}
	if x.fault != nil {
		if !passesBySaying(x.fault) {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("error", x.fault.Error()))
	}
	s.log.LogAttrs(x.client, level, "request", attrs...)
}

// passesBySaying tells a fault that says when it is over, as where a token's key may be newer
// than those that were read: anyone can cause it, and nobody has to mend it.
func passesBySaying(fault error) bool {
	var own *symbolon.Error
	return errors.As(fault, &own) && own.RetryAfter > 0
}

// afterPanic tells the log, and the caller as much as a caller may know. That an answer
// could not be written is the client's doing, and no news.
func (s *Server) afterPanic(x *exchange, w *answerWriter, v any) {
	if w.broken {
		return
	}
	s.log.Error("a handler panicked", "request", x.id, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	if w.status == 0 {
		s.refuse(w, x.request, errors.New("a handler panicked"))
	}
}

// unmatched is the route of a request that fits none, so that paths made up by strangers
// fill neither log nor metrics.
const unmatched = "unmatched"

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

func methodName(method string) string {
	for _, m := range methods {
		if m == method {
			return m
		}
	}
	return "other"
}

// answerWriter remembers the status that was sent, and whether its client took it.
type answerWriter struct {
	http.ResponseWriter
	status int
	broken bool
}

func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.broken = w.broken || err != nil
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
