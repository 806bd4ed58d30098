package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/symbolon-id/symbolon"
)

// Metrics counts what happens, for Prometheus. It is what a registry and a store ask for
// to be told of it, and an [http.Handler] that shows all of it.
type Metrics struct {
	http.Handler
	decisions  *prometheus.CounterVec
	requests   *prometheus.HistogramVec
	statements *prometheus.HistogramVec
	groups     prometheus.Histogram
	retries    prometheus.Counter
	sealed     prometheus.Counter
	lag        prometheus.Gauge
	all        *prometheus.Registry
}

// NewMetrics makes metrics in a registry of their own.
func NewMetrics() *Metrics {
	fast := []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	m := &Metrics{
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "symbolon_decisions_total", Help: "Decisions, by what they recommend.",
		}, []string{"recommendation"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "symbolon_http_request_seconds", Help: "Time to answer a request, by route and status.", Buckets: fast,
		}, []string{"route", "status"}),
		statements: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "symbolon_store_statement_seconds", Help: "Time that a statement of the store took.", Buckets: fast,
		}, []string{"statement", "outcome"}),
		groups: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "symbolon_store_group_size", Help: "Writers that shared one commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 9),
		}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "symbolon_store_retries_total", Help: "Transactions that were run again after a conflict.",
		}),
		sealed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "symbolon_events_sealed_total", Help: "Events that were given their place in the log.",
		}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "symbolon_events_unsealed_lag_seconds", Help: "Age of the oldest event that is not sealed yet.",
		}),
	}
	m.all = prometheus.NewRegistry()
	m.all.MustRegister(m.decisions, m.requests, m.statements, m.groups, m.retries, m.sealed, m.lag,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, r := range []symbolon.Recommendation{
		symbolon.RecommendDeny, symbolon.RecommendChallenge, symbolon.RecommendAllow, symbolon.RecommendTrust,
	} {
		m.decisions.WithLabelValues(string(r)) // so that a rate starts at zero, not at the first one
	}
	m.Handler = promhttp.HandlerFor(m.all, promhttp.HandlerOpts{})
	return m
}

// Decided implements registry.Metrics.
func (m *Metrics) Decided(r symbolon.Recommendation) { m.decisions.WithLabelValues(string(r)).Inc() }

// Sealed implements registry.Metrics.
func (m *Metrics) Sealed(r symbolon.SealReport) {
	m.sealed.Add(float64(r.Sealed))
	m.lag.Set(r.Lag.Seconds())
}

// ObserveStatement hears how long a statement of the store took.
func (m *Metrics) ObserveStatement(name string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.statements.WithLabelValues(name, outcome).Observe(took.Seconds())
}

// ObserveGroup hears how many writers shared one commit.
func (m *Metrics) ObserveGroup(size int) { m.groups.Observe(float64(size)) }

// ObserveRetry hears of a transaction that is run again after a conflict.
func (m *Metrics) ObserveRetry() { m.retries.Inc() }

// showMetrics is for whoever shows the key for metrics. Where none is set it is for this
// machine, and for no request that a proxy passed on.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) {
	if err := s.admitScraper(w, r); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.metrics.ServeHTTP(w, r)
}

func (s *Server) admitScraper(w http.ResponseWriter, r *http.Request) error {
	x := exchangeOf(r.Context())
	token, err := bearer(r.Header)
	if s.metricsKey != "" && err == nil && sameText(token, s.metricsKey) {
		return nil
	}
	if err := s.takeTurn(w, x); err != nil {
		return err
	}
	switch peer, ok := parseAddress(r.RemoteAddr); {
	case s.metricsKey == "" && ok && peer.IsLoopback() && !forwarded(r.Header):
		return nil
	case s.metricsKey == "":
		return symbolon.Errorf(symbolon.ErrForbidden, "metrics are shown on the service's own machine only, unless a key for them is set")
	}
	refused := symbolon.Errorf(symbolon.ErrUnauthenticated, "send Authorization: Bearer with the key for metrics")
	if token == "" && err == nil {
		return refused
	}
	return or[error](s.failures.take(x.address, x.began), refused)
}

// sameText compares in a time that tells nothing of either text, nor of its length.
func sameText(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (m *Metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}
